# SPDX-License-Identifier: GPL-2.0-or-later
# loop.pl for|batch COUNT: the loop of loop.c in Perl, either over packets or over columns of batches.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use Nflogcap;
use Time::HiRes qw(clock_gettime CLOCK_PROCESS_CPUTIME_ID);

sub packets ($capture, $count) {
    my $sum = 0;
    while (my $packet = $capture->next) {
        my $payload = $packet->payload;
        $sum += length($payload) + ord($payload) + length($packet->prefix) + ($packet->mark // 0)
          + $packet->timestamp_ns % 1000003;
        last if --$count == 0;
    }
    return $sum;
}

sub columns ($capture, $count) {
    my $sum = 0;
    while ($count > 0) {
        my $batch = $capture->read_batch;
        $sum += length($_) + ord for $batch->payloads;
        $sum += length join '', $batch->column('prefix');
        $sum += $_ // 0 for $batch->column('mark');
        $sum += $_ % 1000003 for $batch->column('timestamp_ns');
        $count -= $batch->size;
    }
    return $sum;
}

my ($way, $count) = @ARGV;
my $loop    = { for => \&packets, batch => \&columns }->{$way};
my $capture = Nflogcap->open(groups => 5);
$| = 1;
say 'ready';
my $before = clock_gettime(CLOCK_PROCESS_CPUTIME_ID);
my $sum    = $loop->($capture, $count);
my $after  = clock_gettime(CLOCK_PROCESS_CPUTIME_ID);
my $stats  = $capture->stats;
printf "%d %d %d %d\n", ($after - $before) * 1e9, $stats->received, $stats->lost, $sum;
