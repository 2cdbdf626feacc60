# SPDX-License-Identifier: GPL-2.0-or-later
# Helpers for the tests: firewall rules, traffic and assertions.
package Live;

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use Exporter 'import';
use IO::Socket::INET;
use POSIX ();

our @EXPORT = qw(LONG PORT with_rule send_udp send_and_ignore_refusal send_count udp_payload equal
  raises refused in_child bound_groups descriptors run_tests);

use constant { LONG => 120, PORT => 4900 };

my @NFT      = split ' ', $ENV{NFLOGCAP_TEST_NFT} // 'env -u LD_PRELOAD nft';
my @SEND_UDP = split ' ', $ENV{NFLOGCAP_TEST_SEND_UDP} // 'send_udp';

sub nft ($rules) {
    open my $pipe, '|-', @NFT, '-f', '-' or die "nft: $!";
    binmode $pipe;
    print $pipe $rules;
    close $pipe or die "nft failed with: $rules";
}

# Calls the code while a rule logs and drops UDP packets to the port. $log contains the options of nft's log
# statement.
sub with_rule ($port, $log, $code, %how) {
    my ($hook, $before) = ($how{hook} // 'prerouting', $how{before} // '');
    nft("table inet udp$port { chain logged { type filter hook $hook priority 0; "
          . "udp dport $port $before log $log drop; }; }\n");
    my $done = eval { $code->(); 1 };
    my $why  = $@;
    nft("delete table inet udp$port\n");
    die $why unless $done;
}

sub send_udp ($port, @payloads) {
    my $socket = IO::Socket::INET->new(Proto => 'udp', PeerAddr => '127.0.0.1', PeerPort => $port)
      or die "socket: $!";
    for my $payload (@payloads) {
        $socket->send($payload) // die "send: $!";
    }
}

# Sends the payload. Ignores the error of send that occurs if a rule at the output hook drops the packet.
sub send_and_ignore_refusal ($port, $payload) {
    eval { send_udp($port, $payload); 1 } or $@ =~ /^send: Operation not permitted/ or die $@;
}

sub send_count ($port, $count) {
    system(@SEND_UDP, $port, '--count', $count) == 0 or die 'send_udp failed';
}

sub udp_payload ($packet) { substr $packet->payload, 28 }

sub _shown ($value) {
    return 'undef' unless defined $value;
    return '[' . join(', ', map { _shown($_) } @$value) . ']' if ref $value eq 'ARRAY';
    return "'$value'";
}

sub equal ($is, $should) {
    die _shown($is) . ' is not ' . _shown($should) . ' at line ' . (caller)[2] . "\n"
      unless _shown($is) eq _shown($should);
}

# Returns the error that the code dies with. Dies if the code does not die, or if one of the words is not in the error.
sub raises ($code, @words) {
    my $line = (caller)[2];
    die "the code did not die at line $line\n" if eval { $code->(); 1 };
    my $why = $@;
    index("$why", $_) >= 0 || die "$_ is not in $why at line $line\n" for @words;
    return $why;
}

# Like raises, but requires an Nflogcap::Error that names a line of the calling program.
sub refused ($code, @words) {
    my $why = raises($code, @words);
    die "no Nflogcap::Error: $why" unless ref $why && $why->isa('Nflogcap::Error');
    die "the error names a line of the module: $why" if "$why" =~ /Nflogcap\.pm/;
    return $why;
}

# Calls the code in a child of fork. Dies if the code dies there.
sub in_child ($code) {
    my $child = fork // die "fork: $!";
    if (!$child) {
        my $done = eval { $code->(); 1 };
        warn $@ unless $done;
        POSIX::_exit($done ? 0 : 1);
    }
    waitpid $child, 0;
    die "the child failed\n" if $?;
}

sub bound_groups () {
    open my $table, '<', '/proc/self/net/netfilter/nfnetlink_log' or die "nfnetlink_log: $!";
    return [map { (split)[0] } <$table>];
}

sub descriptors () {
    opendir my $directory, '/proc/self/fd' or die "fd: $!";
    return scalar(() = readdir $directory);
}

# Runs the tests with these names, or all tests, and prints the results that ../behaviours reads. Returns the exit
# status.
sub run_tests ($tests, $order, @names) {
    $| = 1;
    if (@names == 1 && $names[0] eq '--list') {
        say for @$order;
        return 0;
    }
    my $failed = 0;
    for my $name (@names ? @names : @$order) {
        if (eval { $tests->{$name}->(); 1 }) {
            say "ok $name";
        } else {
            $failed = 1;
            say "not ok $name: ", $@ =~ s/\n/ /gr;
        }
    }
    return $failed;
}

1;
