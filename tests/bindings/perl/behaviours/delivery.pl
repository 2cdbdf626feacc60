# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: which packets are delivered and counted.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use Live;
use Nflogcap;
use Time::HiRes qw(sleep);

test several_groups => sub {
    with_rule(
        PORT + 1,
        'group 65535',
        sub {
            logged { groups => [5, 65535] }, 'group 5', sub ($capture) {
                send_udp(PORT, 'a', 'b');
                send_udp(PORT + 1, 'c');
                my %seen = (5 => '', 65535 => '');
                for (1 .. 3) {
                    my $packet = $capture->next(LONG);
                    $seen{ $packet->group } .= udp_payload($packet);
                }
                equal([@seen{5, 65535}], ['ab', 'c']);
                equal([map { $capture->group_stats($_)->received } 5, 65535], [2, 1]);
                equal($capture->stats->received, 3);
                refused(sub { $capture->group_stats(7) }, 'group 7');
                refused(sub { $capture->group_stats(undef) }, 'group must be an integer, not undef');
            };
        }
    );
};

test change_groups => sub {
    with_rule(
        PORT + 1,
        'group 6',
        sub {
            logged { groups => 5, flush_timeout => 3600000 }, 'group 5', sub ($capture) {
                send_udp(PORT + 1, 'nobody has it');
                $capture->add_group(6);
                send_udp(PORT + 1, 'six');
                $capture->remove_group(6);
                send_udp(PORT + 1, 'nobody has it');
                equal(udp_payload($capture->next(LONG)),   'six');
                equal($capture->group_stats(6)->received, 1);
                refused(sub { $capture->add_group(5) },     'added before');
                refused(sub { $capture->add_group(65536) }, '65536');
                refused(sub { $capture->add_group([]) },    'integer');
                refused(sub { $capture->remove_group(6) },  'not captured');
                refused(sub { $capture->remove_group(-1) }, '-1');
                send_udp(PORT, 'five');
                $capture->stop;
                equal(udp_payload($capture->next(LONG)), 'five');
            };
        }
    );
};

test two_captures => sub {
    with_rule(
        PORT + 1,
        'group 6',
        sub {
            logged { groups => 5 }, 'group 5', sub ($first) {
                my $second = Nflogcap->open(groups => 6);
                send_udp(PORT + 1, 'second');
                send_udp(PORT, 'first');
                equal(udp_payload($first->next(LONG)),  'first');
                equal(udp_payload($second->next(LONG)), 'second');
                equal([$first->next(0), $second->next(0)], []);
            };
        }
    );
};

test stop => sub {
    logged { groups => 5, flush_timeout => 3600000 }, 'group 5', sub ($capture) {
        send_udp(PORT, 'held');
        $capture->stop;
        equal([udp_payload($capture->next(LONG)), $capture->ended ? 1 : 0], ['held', 0]);
        equal([scalar $capture->next, $capture->ended], [undef, 1]);
        equal(scalar $capture->next, undef);
    };
};

test loss => sub {
    my $sent = 20000;
    logged { groups => 5, socket_buffer => 4096, batch_size => 4096 }, 'group 5', sub ($capture) {
        send_count(PORT, $sent);
        sleep 0.1;    # within this time the kernel delivers the packets that it collected
        my ($seen, $lost) = (0, 0);
        my $count = sub ($packet) { $seen++; $lost += $packet->lost_before };
        while (my $packet = $capture->next(0)) { $count->($packet) }
        send_udp(PORT, 'this packet shows the loss before it');
        $capture->stop;
        while (my $packet = $capture->next) { $count->($packet) }
        die 'nothing was lost' unless $capture->stats->lost > 0;
        equal($seen + $lost, $sent + 1);
        equal([$capture->stats->received, $capture->stats->lost], [$seen, $lost]);
    };
};

exit run(@ARGV);
