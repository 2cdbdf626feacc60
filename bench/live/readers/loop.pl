# SPDX-License-Identifier: GPL-2.0-or-later
# loop.pl reads packets with nflogcap in Perl until SIGINT.

use 5.026;
use warnings;
use Nflogcap;

my ($received, $sum) = (0, 0);
my $capture = Nflogcap->open(groups => 5);
$| = 1;
$SIG{INT} = sub { die "interrupted\n" };
say 'ready';
eval {
    while (my $packet = $capture->next) {
        $sum += length($packet->payload) + length($packet->prefix) + ($packet->mark // 0)
          + $packet->timestamp_ns % 1000003;
        $received++;
    }
};
die $@ if $@ ne "interrupted\n";
my $stats = $capture->stats;
my $lost  = $stats->unaccounted_batches ? 'null' : $stats->lost;
say qq({"received": $received, "lost": $lost});
