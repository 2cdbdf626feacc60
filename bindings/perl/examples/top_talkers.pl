#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Shows which addresses send most of the logged traffic: top_talkers.pl GROUP [SECONDS]
#
# Counts packets and bytes by source address for SECONDS (default 10), or until Ctrl-C. Then it
# prints the ten addresses that sent most bytes, and the number of lost packets.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use Nflogcap;
use Scalar::Util qw(looks_like_number);
use Time::HiRes  qw(time);

# Bytes of each packet that are captured: an IPv6 header, and the option with the length of a packet
# above 64 KiB.
use constant HEADERS => 48;

my $unknown = 0;    # packets without a known length

sub count ($capture, $seconds, $packets, $bytes) {
    my $finish = time + $seconds;
    while ((my $left = $finish - time) > 0) {
        my $packet = $capture->next($left) or last;
        my $source = $packet->source // 'not IP';
        $packets->{$source}++;
        $bytes->{$source} += $packet->wire_length;
        $unknown++ if ($packet->present & Nflogcap::HAS_WIRE_LENGTH) == 0;
    }
}

sub main ($group, $seconds) {
    my (%packets, %bytes);
    my $capture = Nflogcap->open(groups => $group, snaplen => HEADERS);
    local $SIG{INT} = sub { die "interrupted\n" };
    eval { count($capture, $seconds, \%packets, \%bytes); 1 }
      or $@ eq "interrupted\n"
      or die $@;

    printf "%-40s %10s %12s\n", 'source', 'packets', 'bytes';
    my @talkers = sort { $bytes{$b} <=> $bytes{$a} } keys %bytes;
    for my $source (splice @talkers, 0, 10) {
        printf "%-40s %10d %12d\n", $source, $packets{$source}, $bytes{$source};
    }
    my $all = 0;
    $all += $_ for values %packets;
    printf "%d packets, %d lost\n", $all, $capture->stats->lost;
    say "$unknown of them do not say their length: the bytes are a minimum" if $unknown;
}

my ($group, $seconds) = (@ARGV, 10);
if (@ARGV < 1 || @ARGV > 2 || grep { !looks_like_number($_) } $group, $seconds) {
    print STDERR "usage: top_talkers.pl GROUP [SECONDS]\n";
    exit 1;
}
if (!eval { main($group, $seconds); 1 }) {
    print STDERR 'top_talkers.pl: ', ref $@ ? $@->message . "\n" : $@;
    exit 1;
}
