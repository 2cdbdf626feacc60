# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: filters in libpcap's language.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use Live;
use Nflogcap;

test filter => sub {
    logged { groups => 5, filter => 'udp[8] = 0x61' }, 'group 5', sub ($capture) {
        my $payload = sub { udp_payload($capture->next(LONG)) };
        send_udp(PORT, qw(b a1 b a2 b3 a4));
        equal([$payload->(), $payload->()], [qw(a1 a2)]);
        $capture->set_filter('udp[8] = 0x62');
        equal($payload->(), 'b3');
        for my $none (undef, '') {
            $capture->set_filter('tcp');
            send_udp(PORT, 'c');
            equal(scalar $capture->next(0.1), undef);
            $capture->set_filter($none);
            send_udp(PORT, 'd');
            equal($payload->(), 'd');
        }
        my $stats = $capture->stats;
        equal([map { $stats->$_ } qw(received delivered filtered lost)], [10, 5, 5, 0]);
    };
};

test wrong_filter => sub {
    refused(sub { Nflogcap->open(groups => 5, filter => 'udp prt 53') },
        "'udp prt 53'", 'syntax error');
    equal(bound_groups(), []);
    logged { groups => 5, filter => 'udp[8] = 0x61' }, 'group 5', sub ($capture) {
        for (
            ['udp prt 53',  'syntax error'],
            ['udp and tcp', 'rejects all packets'],
            ["udp\0port",   'NUL'],
            [[],            'filter must be a string, not a reference'],
          )
        {
            my ($wrong, $words) = @$_;
            refused(sub { $capture->set_filter($wrong) }, $words);
        }
        send_udp(PORT, qw(b a));
        equal(udp_payload($capture->next(LONG)), 'a');
    };
};

exit run(@ARGV);
