# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: closing a capture, and leaving nothing behind.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use Live;
use Nflogcap;

test close_twice => sub {
    my $capture = Nflogcap->open(groups => 5);
    equal($capture->closed ? 1 : 0, 0);
    $capture->close for 1 .. 2;
    equal([$capture->closed, $capture->ended], [1, 1]);
    equal(bound_groups(), []);
};

test use_after_close => sub {
    my $capture = Nflogcap->open(groups => 5);
    $capture->close;
    for my $method (qw(fileno wakeup stop stats)) {
        refused(sub { $capture->$method }, 'the capture is closed');
    }
    equal(scalar $capture->next, undef);    # undef, so that it ends a loop
    refused(sub { $capture->group_stats(5) }, 'the capture is closed');
    refused(sub { $capture->set_filter('udp') }, 'the capture is closed');
    my $error = refused(sub { $capture->stop });
    equal("$error", "the capture is closed at $0 line " . (__LINE__ - 1) . ".\n");
};

test collected => sub {
    my $capture = Nflogcap->open(groups => 5);
    equal(bound_groups(), [5]);
    undef $capture;
    equal(bound_groups(), []);
};

test no_growth => sub {
    my $packets  = $ENV{NFLOGCAP_TEST_PACKETS};
    my $portion  = 10000;
    my @fields   = qw(payload prefix mark timestamp_ns indev_name);
    my $resident = sub {
        open my $status, '<', '/proc/self/status' or die "status: $!";
        my ($kilobytes) = map { /^VmRSS:\s*(\d+)/ } <$status>;
        return $kilobytes * 1024;
    };
    my $read = sub ($count) {
        my $capture = Nflogcap->open(groups => 5);
        for (1 .. $count / $portion) {
            send_count(PORT, $portion);
            my $left = $portion;
            while ($left > $portion / 2) {
                my $packet = $capture->next(LONG);
                my @fields = map { $packet->$_ } @fields;
                $left--;
            }
            while ($left > 0) {
                my $batch   = $capture->read_batch(LONG);
                my @columns = ([$batch->packets], map { $batch->column($_) } @fields);
                $left -= $batch->size;
            }
            $capture->stats;
        }
        equal([$capture->stats->received, $capture->stats->lost], [$count, 0]);
    };
    my $opens = sub ($count) { Nflogcap->open(groups => 5)->stats for 1 .. $count };
    with_rule(
        PORT,
        'prefix "growth: " group 5',
        sub {
            $read->(2 * $portion);
            $opens->(100);
            my ($memory, $descriptors) = ($resident->(), descriptors());
            $read->($packets);
            $opens->($packets / 100);
            equal(descriptors(), $descriptors);
            my $grown = $resident->() - $memory;
            # With 100000 packets and 1000 captures, this limit is 10 bytes per packet, or 1 kB per capture.
            die "memory grew by $grown bytes" unless $grown < ($packets > 2**20 ? $packets : 2**20);
            equal(bound_groups(), []);
        }
    );
};

exit run(@ARGV);
