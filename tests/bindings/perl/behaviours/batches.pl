# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: batches.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use Live;
use Nflogcap;

# Sends the payloads, which the kernel collects in one batch. Calls the code with the capture.
sub batched ($payloads, $code, %how) {
    logged { groups => 5, flush_timeout => 3600000 }, 'group 5', sub ($capture) {
        send_udp(PORT, @$payloads);
        $capture->stop;    # makes the kernel deliver the packets that it collected
        $code->($capture);
    }, %how;
}

test batch => sub {
    my $batch;
    batched [0 .. 99], sub ($capture) {
        $batch = $capture->read_batch(LONG);
        equal([$capture->read_batch(LONG), $capture->ended], [1]);
        equal(scalar $capture->read_batch, undef);
    }, before => 'meta mark set 7';
    equal([$batch->size, map { udp_payload($_) } $batch->packets], [100, 0 .. 99]);
    equal([map { udp_payload($batch->packet($_)) } 0, 99, -1, -100], [0, 99, 99, 0]);
    equal([map { substr $_, 28 } $batch->payloads], [0 .. 99]);
    for my $field (@Nflogcap::Packet::FIELDS) {
        my @values = map { $_->$field } $batch->packets;
        equal([$batch->column($field)], \@values);
        equal(scalar $batch->column($field), \@values);
    }
    equal([[$batch->column('mark')]->[50], scalar @{ $batch->payloads }, scalar @{ $batch->packets }], [7, 100, 100]);
    refused(sub { $batch->column($_->[0]) }, $_->[1])
      for ['marc', "there is no field 'marc'; did you mean 'mark'"], ["mark\0", 'NUL'], [undef, 'not undef'], [[], 'not a reference'];
    refused(sub { $batch->packet($_->[0]) }, $_->[1])
      for [100, 'index 100 is out of range: -100 to 99'], [-101, 'index -101'], [undef, 'index must be an integer'];
    my $packet = $batch->packet(5);
    undef $batch;
    equal([udp_payload($packet), $packet->indev_name], [5, 'lo']);
    my $capture = Nflogcap->open(groups => 5);
    $capture->wakeup;
    equal([$capture->read_batch(LONG), $capture->read_batch(0), $capture->ended ? 1 : 0], [0]);
};

test loop_of_batches => sub {
    batched [0 .. 999], sub ($capture) {
        my @payloads;
        while (my $batch = $capture->read_batch) { push @payloads, map { udp_payload($_) } $batch->packets }
        equal([@payloads, $capture->ended], [0 .. 999, 1]);
    };
    batched ['first', 'second'], sub ($capture) {
        my $count = 0;
        while (my $batch = $capture->read_batch) {
            $count += $batch->size;
            $capture->close;
        }
        equal($count, 2);
    };
};

exit run(@ARGV);
