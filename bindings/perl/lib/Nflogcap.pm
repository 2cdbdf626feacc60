# SPDX-License-Identifier: GPL-2.0-or-later
package Nflogcap;

use v5.36;
use List::Util ();

# Nflogcap::XS is what SWIG calls the module; its functions and constants are in Nflogcap::XSc.
BEGIN {
    require DynaLoader;
    @Nflogcap::XS::ISA = ('DynaLoader');
    Nflogcap::XS->bootstrap;
}

our $VERSION = Nflogcap::XSc::nflogcap_version();

# Ways of delivery, and the bits of a packet's `present` (HAS_*).
use constant {
    map { my $name = $_; no strict 'refs'; $name => ${"Nflogcap::XSc::$name"} }
      grep { /^(?:BATCHED|IMMEDIATE|ADAPTIVE|HAS_[A-Z0-9_]+)$/ } keys %Nflogcap::XSc::
};

# The options, of which these are numbers.
my @NUMBERS = qw(snaplen delivery queue_threshold flush_timeout batch_size socket_buffer);
my @PATHS   = qw(netns savefile);
my @OPTIONS = ('groups', @NUMBERS, 'conntrack', @PATHS, 'filter', 'tap', 'hook');

# How many characters to insert, delete or change to make one word of the other.
sub _distance ($one, $other) {
    my @before = 0 .. length $other;
    for my $i (1 .. length $one) {
        my @now = ($i);
        for my $j (1 .. length $other) {
            my $change = substr($one, $i - 1, 1) eq substr($other, $j - 1, 1) ? 0 : 1;
            push @now, List::Util::min($before[$j] + 1, $now[-1] + 1, $before[$j - 1] + $change);
        }
        @before = @now;
    }
    return $before[-1];
}

sub _path ($name, $path) {
    Nflogcap::XSc::refuse("$name is a path") if !defined $path || ref $path;
    Nflogcap::XSc::refuse("$name holds a NUL") if $path =~ /\0/;
    return "$path";
}

sub _add_taps ($capture, $tap, $hook) {
    Nflogcap::XSc::refuse('hook is where a tap stands, and no tap is given')
      if defined $hook && !defined $tap;
    return unless defined $tap;
    Nflogcap::XSc::refuse('tap is a string or a reference to an array of them')
      if ref $tap && ref $tap ne 'ARRAY';
    for my $match (ref $tap ? @$tap : $tap) {
        for (['tap', $match], ['hook', $hook // '']) {
            my ($name, $text) = @$_;
            Nflogcap::XSc::refuse("$name is a string") if ref $text || !defined $text;
            Nflogcap::XSc::refuse("$name holds a NUL") if $text =~ /\0/;
        }
        Nflogcap::XSc::Handle_add_tap($capture, $hook // '', "$match");
    }
}

sub open ($class, @options) {
    Nflogcap::XSc::refuse('open takes options by name: Nflogcap->open(groups => [5])')
      if @options % 2;
    my %options = @options;
    for my $name (sort keys %options) {
        next if grep { $_ eq $name } @OPTIONS;
        my ($nearest) = sort { _distance($name, $a) <=> _distance($name, $b) || $a cmp $b } @OPTIONS;
        Nflogcap::XSc::refuse("open has no option '$name'; did you mean '$nearest'?");
    }
    my $tap    = $options{tap};
    my $groups = $options{groups} // [];
    Nflogcap::XSc::refuse('groups is an integer or a reference to an array of them')
      if ref $groups && ref $groups ne 'ARRAY';

    my $capture = Nflogcap::XSc::new_handle();
    Nflogcap::XSc::Handle_add_group($capture, $_) for ref $groups ? @$groups : $groups;
    for my $name (@NUMBERS) {
        next unless defined $options{$name};
        no strict 'refs';
        &{"Nflogcap::XSc::Handle_set_$name"}($capture, $options{$name});
    }
    Nflogcap::XSc::Handle_set_conntrack($capture, $options{conntrack} ? 1 : 0);
    for my $name (@PATHS) {
        next unless defined $options{$name};
        no strict 'refs';
        &{"Nflogcap::XSc::Handle_set_$name"}($capture, _path($name, $options{$name}));
    }
    $capture->set_filter($options{filter});
    _add_taps($capture, $tap, $options{hook});
    Nflogcap::XSc::Handle_start($capture);
    return $capture;
}

sub set_filter ($capture, $filter) {
    if (defined $filter) {
        Nflogcap::XSc::refuse('filter is an expression') if ref $filter;
        Nflogcap::XSc::refuse('filter holds a NUL') if $filter =~ /\0/;
        $filter = "$filter";
    }
    Nflogcap::XSc::Handle_set_filter($capture, $filter);
    return;
}

sub dump_open ($class, $path) {
    my $dump = Nflogcap::XSc::new_dump();
    Nflogcap::XSc::Dump_open($dump, _path('path', $path));
    return $dump;
}

my @COUNTERS = qw(received delivered filtered lost overruns dropped_batches unaccounted_batches
  truncated malformed batches bytes socket_buffer delivery socket_buffer_used);

sub _copied ($counters) {
    no strict 'refs';
    my %stats = map { $_ => &{"Nflogcap::XSc::Stats_${_}_get"}($counters) } @COUNTERS;
    Nflogcap::XSc::delete_Stats($counters);
    return bless \%stats, 'Nflogcap::Stats';
}

sub stats ($capture) { _copied(Nflogcap::XSc::Handle_stats($capture)) }

sub group_stats ($capture, $group) {
    _copied(Nflogcap::XSc::Handle_group_stats($capture, $group));
}

# The others are the extension's functions as they are.
*next      = \&Nflogcap::XSc::next;
*fileno    = \&Nflogcap::XSc::Handle_fd;
*tap_group = \&Nflogcap::XSc::Handle_tap_group;
*wakeup    = \&Nflogcap::XSc::Handle_wakeup;
*stop      = \&Nflogcap::XSc::Handle_stop;
*close     = \&Nflogcap::XSc::Handle_close;
*closed    = \&Nflogcap::XSc::Handle_closed;
*ended     = \&Nflogcap::XSc::Handle_ended;

package Nflogcap::Dump {
    *write    = \&Nflogcap::XSc::Dump_write;
    *flush    = \&Nflogcap::XSc::Dump_flush;
    *close    = \&Nflogcap::XSc::Dump_close;
    *closed   = \&Nflogcap::XSc::Dump_closed;
    *position = \&Nflogcap::XSc::Dump_position;
}

package Nflogcap::Packet {
    our @FIELDS = qw(present payload wire_length timestamp timestamp_ns lost_before group family
      hook hw_protocol prefix mark indev indev_name outdev outdev_name physindev physindev_name
      physoutdev physoutdev_name uid gid seq seq_global hw_type vlan_tci vlan_protocol ct_info
      hw_address hw_header l2_header ct);

    for my $field (@FIELDS) {
        no strict 'refs';
        *$field = \&{"Nflogcap::XSc::Packet_${field}_get"};
    }
    *frame     = \&Nflogcap::XSc::Packet_frame;
    *attribute = \&Nflogcap::XSc::Packet_attribute;
}

package Nflogcap::Stats {
    for my $counter (@COUNTERS) {
        no strict 'refs';
        *$counter = sub ($stats) { $stats->{$counter} };
    }
}

package Nflogcap::Error {
    use overload
      '""'     => sub ($error, @) { "$error->{message} at $error->{file} line $error->{line}.\n" },
      'bool'   => sub { 1 },
      fallback => 1;

    sub message ($error) { $error->{message} }
    sub errno   ($error) { $error->{errno} }
}

1;

__END__

=encoding UTF-8

=head1 NAME

Nflogcap - the packets that Linux netfilter logs through NFLOG

=head1 SYNOPSIS

    use Nflogcap;

    my $capture = Nflogcap->open(groups => [5], snaplen => 96);
    while (my $packet = $capture->next) {
        printf "%s %s %d\n", $packet->timestamp, $packet->prefix // '', length $packet->payload;
    }

=head1 DESCRIPTION

A firewall rule says C<log group 5> (nft) or C<-j NFLOG --nflog-group 5> (iptables); this receives
what such rules log, with all that the kernel tells of each packet, and counts exactly what was lost.
Capturing needs CAP_NET_ADMIN in the network namespace.

=head1 CAPTURES

=head2 Nflogcap->open(%options)

Starts capturing and returns the capture. The options:

=over

=item groups

The NFLOG group, 0 to 65535, or a reference to an array of groups. With a tap it may be left out, and
the capture takes one that is free.

=item snaplen

Bytes of payload to copy of each packet, 0 to 65531 (the default); 0: metadata only.

=item delivery

C<Nflogcap::BATCHED> (the default): many packets a batch, least CPU, milliseconds of delay;
C<Nflogcap::IMMEDIATE>: a batch a packet, least delay, most CPU; or C<Nflogcap::ADAPTIVE>: immediate
while packets trickle, batched while they come fast.

=item queue_threshold

Packets that the kernel gathers before it delivers a batch, 1 or more; 65535 when batched, 1 when
immediate.

=item flush_timeout

Milliseconds that the kernel gathers at the longest, 0 to 3600000; 10 by default, and counted in units
of 10.

=item batch_size

Bytes that the kernel allots to a batch, 4096 to 131072; 131072 when batched, 4096 when immediate.

=item socket_buffer

Bytes of socket buffer to ask for, 4096 to 1073741823; 32 MiB by default.

=item conntrack

True: packets come with their conntrack entry.

=item netns

Path of the network namespace to capture in, such as F</run/netns/blue>; by default that of the
calling thread.

=item filter

An expression of L<pcap-filter(7)>, such as C<udp port 53>: only packets that it matches are
delivered. C<set_filter> changes it.

=item savefile

Path of a pcap or pcapng file to read the packets of instead of the kernel's, C<-> for standard
input: those of all groups where none is given. Where it is damaged, C<next> dies behind the packets
before.

=item tap

What to capture, in nft's words, such as C<tcp dport 443>, or a reference to an array of these: a
firewall rule logs it to the capture until that ends, and does nothing else. Empty: all packets.

=item hook

Where the taps stand: C<prerouting>, C<input>, C<forward>, C<output>, C<postrouting> or
C<ingress:DEVICE>; by default at prerouting and output.

=back

=head2 $capture->next($timeout)

The next packet; undef when none came in C<$timeout> seconds (without it: wait for ever, 0: do not
wait), when it was woken, and when the capture has ended, which C<ended> tells.

=head2 $capture->set_filter($expression)

Delivers only the packets that an expression of L<pcap-filter(7)> matches, from now on: those that
were received and not delivered yet are judged by it too. undef or an empty one: all. A wrong one
dies with libpcap's words, and the filter before it stays in force.

=head2 $capture->fileno

A descriptor for select, IO::Select and event loops: readable whenever C<next> would not wait,
packets queued in the library included. Never read from it or close it.

=head2 $capture->stats, $capture->group_stats($group)

The counters, as of now, of the capture and of one of its groups: C<received>, C<delivered>,
C<filtered>, C<lost> (exact), C<overruns>, C<dropped_batches>, C<unaccounted_batches>, C<truncated>,
C<malformed>, C<batches>, C<bytes>, C<socket_buffer>, C<delivery>,
C<socket_buffer_used>, each a method.

=head2 $capture->tap_group

The group that the taps log to; undef without a tap.

=head2 $capture->wakeup

Makes the C<next> that waits, or else the next one, return undef. A signal handler may call it.

=head2 $capture->stop

Ends the capture without loss: C<next> goes on to return what the kernel still holds.

=head2 $capture->close

Gives the groups up and frees all, as the end of the last reference does. A second time it does
nothing.

=head2 $capture->closed, $capture->ended

Whether it was closed; whether no packet can come any more.

=head1 SAVEFILES

=head2 Nflogcap->dump_open($path)

Creates a savefile, or empties the one that is there, and returns it; C<-> is standard output. It is
a pcap file of LINKTYPE_NFLOG with times in nanoseconds, which Wireshark and tcpdump open.

=head2 $dump->write($packet)

Writes a packet, of any capture, open or closed: all that the kernel sent of it. Packets are
gathered, up to 64 KiB. Where it fails the packet is not taken; those before it that could not be
written are kept, and written by the next call that can. A pipe without a reader raises SIGPIPE:
C<$SIG{PIPE} = 'IGNORE'> for the error.

=head2 $dump->flush

Hands what is gathered to the system, for others to read.

=head2 $dump->position

The length in bytes that the file has with all that was written into it.

=head2 $dump->close, $dump->closed

Writes what is gathered and closes the file, also where that fails, and as the end of the last
reference does; a second time it does nothing. Whether it was closed.

=head1 PACKETS

A packet has a method for each field of the C struct: C<present>, C<payload>, C<wire_length>,
C<timestamp>, C<timestamp_ns>, C<lost_before>, C<group>, C<family>, C<hook>, C<hw_protocol>,
C<prefix>, C<mark>, C<indev>, C<indev_name>, C<outdev>, C<outdev_name>, C<physindev>,
C<physindev_name>, C<physoutdev>, C<physoutdev_name>, C<uid>, C<gid>, C<seq>, C<seq_global>,
C<hw_type>, C<vlan_tci>, C<vlan_protocol>, C<ct_info>, C<hw_address>, C<hw_header>, C<l2_header>,
C<ct>. One that the kernel did not send is undef. Payloads, headers and prefixes are strings of
bytes. Packets own their bytes and outlive their capture.

=head2 $packet->frame

The frame: link-layer header, VLAN tag and payload, as far as the kernel sent them.

=head2 $packet->attribute($number)

The raw bytes of an attribute of the kernel's message by its NFULA_* number, or undef.

=head1 ERRORS

What fails dies with an Nflogcap::Error, which as a string is the library's words and the line of
the program. Its C<message> has the words alone, C<errno> the number: 1 (EPERM) where a group has an
owner already or CAP_NET_ADMIN is missing. Lost packets are no error: they are counted, in
C<< $packet->lost_before >> and C<< $capture->stats->lost >>.

=head1 SIGNALS, THREADS, FORKS

A handler in C<%SIG> runs while C<next> waits, and ends the wait if it dies. A new thread of Perl's
cannot use the captures and packets of its parent. A child of fork may
close its copy of a capture: the parent's goes on.

=head1 SEE ALSO

L<nflogcap(3)>, L<pcap-filter(7)>, L<nft(8)>, L<iptables-extensions(8)>

=cut
