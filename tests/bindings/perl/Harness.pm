# SPDX-License-Identifier: GPL-2.0-or-later
# Functions that the tests of the behaviours share: they name and run tests, and capture packets.
package Harness;

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use Exporter 'import';
use File::Temp;
use Live;
use Nflogcap;

our @EXPORT = qw(test run logged logged_packet recorded);

my (%tests, @order);

sub test ($name, $code) {
    push @order, $name;
    $tests{$name} = $code;
}

sub run (@names) { run_tests(\%tests, \@order, @names) }

sub logged ($options, $log, $code, %how) {
    with_rule(PORT, $log, sub { $code->(Nflogcap->open(%$options)) }, %how);
}

sub logged_packet ($log = 'group 5', $payload = 'x') {
    my $packet;
    logged { groups => 5 }, $log, sub ($capture) {
        send_udp(PORT, $payload);
        $packet = $capture->next(LONG);
    };
    return $packet;
}

# Captures one packet from each group and writes the packets to a savefile. Calls the code with the path of the savefile
# and with the packets.
sub recorded ($groups, $code) {
    my @packets;
    for my $group (@$groups) {
        logged { groups => $group }, qq(prefix "kept: " group $group), sub ($capture) {
            send_udp(PORT, 'x' x 100);
            push @packets, $capture->next(LONG);
        };
    }
    my $directory = File::Temp->newdir;
    my $path      = "$directory/x.pcap";
    my $dump = Nflogcap->dump_open($path);
    $dump->write($_) for @packets;
    equal($dump->written, 0);
    $dump->flush;
    equal($dump->written, scalar @packets);
    equal($dump->position, -s $path);
    $dump->close;
    $code->($path, @packets);
}

1;
