# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: the language's loop over packets.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use Live;
use Nflogcap;
use Time::HiRes qw(alarm);

test iterate => sub {
    logged { groups => 5 }, 'group 5', sub ($capture) {
        send_udp(PORT, 1 .. 1000);
        $capture->stop;
        my @payloads;
        while (my $packet = $capture->next) { push @payloads, udp_payload($packet) }
        equal(\@payloads,      [1 .. 1000]);
        equal($capture->ended, 1);
        equal(scalar $capture->next, undef);
    };
};

test close_in_loop => sub {
    logged { groups => 5 }, 'group 5', sub ($capture) {
        send_udp(PORT, 'first', 'second');
        my @taken;
        while (my $packet = $capture->next) {
            push @taken, udp_payload($packet);
            $capture->close;
        }
        equal(\@taken, ['first']);
    };
    my $capture = Nflogcap->open(groups => 5);
    local $SIG{ALRM} = sub { $capture->close };
    alarm 1;
    while ($capture->next) { die 'a packet came, but nothing was sent' }
    equal($capture->ended, 1);
};

test error_in_loop => sub {
    logged { groups => 5 }, 'group 5', sub ($capture) {
        send_udp(PORT, 'first', 'second');
        raises(
            sub {
                while (my $packet = $capture->next) {
                    equal(udp_payload($packet), 'first');
                    die "mine\n";
                }
            },
            "mine\n"
        );
        equal(udp_payload($capture->next(LONG)), 'second');
    };
};

exit run(@ARGV);
