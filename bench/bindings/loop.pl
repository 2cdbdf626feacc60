# SPDX-License-Identifier: GPL-2.0-or-later
# loop.pl COUNT: the loop of loop.c, in Perl.

use 5.026;
use warnings;
use Nflogcap;
use Time::HiRes qw(clock_gettime CLOCK_PROCESS_CPUTIME_ID);

my ($count, $sum) = ($ARGV[0], 0);
my $capture = Nflogcap->open(groups => 5);
$| = 1;
say 'ready';
my $before = clock_gettime(CLOCK_PROCESS_CPUTIME_ID);
while (my $packet = $capture->next) {
    my $payload = $packet->payload;
    $sum += length($payload) + ord($payload) + length($packet->prefix) + ($packet->mark // 0)
      + $packet->timestamp_ns % 1000003;
    last if --$count == 0;
}
my $after = clock_gettime(CLOCK_PROCESS_CPUTIME_ID);
my $stats = $capture->stats;
printf "%d %d %d %d\n", ($after - $before) * 1e9, $stats->received, $stats->lost, $sum;
