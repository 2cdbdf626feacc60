# SPDX-License-Identifier: GPL-2.0-or-later
package Nflogcap;

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use overload              ();
use Hash::Util::FieldHash qw(fieldhash);
use List::Util            ();
use Scalar::Util          qw(blessed looks_like_number);

# Nflogcap::XS is what SWIG calls the module; its functions and constants are in Nflogcap::XSc.
BEGIN {
    require DynaLoader;
    @Nflogcap::XS::ISA = ('DynaLoader');
    Nflogcap::XS->bootstrap;
}

our $VERSION = Nflogcap::XSc::nflogcap_version();

# The ways of delivery, and the bits of a packet's `present` (HAS_*).
use constant Nflogcap::XSc::constants();

# What the library describes by the function, from 0 on.
sub _described ($at) {
    my @all;
    while (my $description = $at->(scalar @all)) { push @all, $description }
    return @all;
}

# The options in the library's order: name, kind, and whether each of several values is added.
my @OPTIONS = map {
    {
        name          => Nflogcap::XSc::Option_name_get($_),
        kind          => Nflogcap::XSc::Option_kind_get($_),
        is_repeatable => Nflogcap::XSc::Option_is_repeatable_get($_),
    }
} _described(\&Nflogcap::XSc::nflogcap_option_at);

my @COUNTERS = map { Nflogcap::XSc::Counter_name_get($_) }
  _described(\&Nflogcap::XSc::nflogcap_counter_at);

# The value as a string; that of an object is its own, such as a path of Path::Tiny.
sub _string ($name, $kind, $value) {
    Nflogcap::XSc::refuse("$name must be $kind, not undef") unless defined $value;
    Nflogcap::XSc::refuse("$name must be $kind, not a reference")
      if ref $value && !(blessed($value) && overload::Method($value, '""'));
    return "$value";
}

sub _text ($name, $value) { _string($name, 'a string', $value) }

sub _bytes ($name, $value) {
    my $bytes = _text($name, $value);
    utf8::downgrade($bytes, 1)
      or Nflogcap::XSc::refuse("$name must be a string of bytes, not of characters above 255");
    return $bytes;
}

sub _integer ($name, $value) {
    my $text = _string($name, 'an integer', $value);
    return "$1$2" if $text =~ /^\s*(-?)\+?(\d+)\s*$/;
    return $text  if !looks_like_number($text);    # a choice; the library refuses other words
    return $value == int $value ? sprintf('%.0f', $value) : $text;
}

# How a value becomes what the library takes, by the kind of the option.
my %TEXTS = (
    $Nflogcap::XSc::INTEGER => \&_integer,
    $Nflogcap::XSc::GROUPS  => \&_integer,
    $Nflogcap::XSc::TEXT    => \&_text,
    $Nflogcap::XSc::PATH    => \&_text,
    $Nflogcap::XSc::CHOICE  => \&_integer,
    $Nflogcap::XSc::BOOLEAN => sub ($name, $value) { $value ? 1 : 0 },
);

# Returns what was set, for people.
sub _set_options ($capture, %options) {
    my @set;
    for my $option (@OPTIONS) {
        my $name  = $option->{name};
        my $value = delete $options{$name};
        next unless defined $value;
        my @values = $option->{is_repeatable} && ref $value eq 'ARRAY' ? @$value : $value;
        @values = map { $TEXTS{ $option->{kind} }->($name, $_) } @values;
        Nflogcap::XSc::Handle_set_option($capture, $name, $_) for @values;
        push @set, join ' ', $name, @values;
    }
    Nflogcap::XSc::Handle_set_option($capture, $_, undef) for sort keys %options;    # dies
    return join ', ', @set;
}

# What captures and savefiles are of, for people.
fieldhash my %SOURCE;

sub _source ($object) { ($SOURCE{$object} // '') =~ s/([^ -~])/sprintf '\x%02x', ord $1/ger }

# Makes methods of a package: of each name the function, and the names of its arguments. They refuse
# other numbers of arguments.
sub _define ($package, $invocant, %methods) {
    for my $name (keys %methods) {
        my ($function, @arguments) = @{ $methods{$name} };
        my $usage = "$invocant->$name" . (@arguments ? '(' . join(', ', @arguments) . ')' : '');
        no strict 'refs';
        *{"${package}::$name"} = sub {
            Nflogcap::XSc::refuse("wrong number of arguments: call $usage") if @_ != 1 + @arguments;
            return &$function;    # with the same arguments
        };
    }
}

sub _require_class ($class, $base, $usage) {
    Nflogcap::XSc::refuse("not a class of captures or savefiles: call $usage")
      if ref $class || !UNIVERSAL::isa($class, $base);
}

# A capture of the class, with the options, that is not started yet.
sub _new_capture ($usage, $class, @options) {
    _require_class($class, __PACKAGE__, $usage);
    Nflogcap::XSc::refuse("captures take options by name: call $usage")
      if @options % 2 || grep { !defined } List::Util::pairkeys(@options);
    my $capture = bless Nflogcap::XSc::new_handle(), $class;
    $SOURCE{$capture} = _set_options($capture, @options);
    return $capture;
}

sub open {
    my ($class, @options) = @_;
    my $capture = _new_capture('Nflogcap->open(groups => [5])', $class, @options);
    Nflogcap::XSc::Handle_start($capture);
    return $capture;
}

sub adopt {
    my ($class, $descriptors, @options) = @_;
    my $usage   = 'Nflogcap->adopt(\\@descriptors, snaplen => 96)';
    my $capture = _new_capture($usage, $class, @options);
    Nflogcap::XSc::refuse("descriptors must be a reference to an array: call $usage")
      if ref $descriptors ne 'ARRAY';
    Nflogcap::XSc::Handle_add_descriptor($capture, $_) for @$descriptors;
    Nflogcap::XSc::Handle_adopt($capture);
    $SOURCE{$capture} ||= join ' ', 'groups', Nflogcap::XSc::Handle_groups($capture)->@*;
    return $capture;
}

my $OPEN_DUMP = 'Nflogcap::Dump->open($path, link_type => \'raw\')';

sub Nflogcap::Dump::open {
    my ($class, $path, @options) = @_;
    _require_class($class, 'Nflogcap::Dump', $OPEN_DUMP);
    Nflogcap::XSc::refuse("wrong number of arguments: call $OPEN_DUMP")
      if @_ < 2 || @options % 2 || grep { !defined } List::Util::pairkeys(@options);
    my %options = @options;
    my $type    = delete $options{link_type};
    my @names   = map { [$_, delete $options{$_}] } qw(format compression);
    Nflogcap::XSc::refuse("dump_open has no option '$_'; its options are link_type, format and compression")
      for sort keys %options;
    my $dump = bless Nflogcap::XSc::new_dump(), $class;
    $SOURCE{$dump} = _text('path', $path);
    Nflogcap::XSc::Dump_open(
        $dump, $SOURCE{$dump},
        defined $type ? _integer('link_type', $type) : undef,
        map { defined $_->[1] ? _text(@$_) : undef } @names,
    );
    return $dump;
}

sub dump_open {
    my ($class, @arguments) = @_;
    return Nflogcap::Dump->open(@arguments);
}

sub _parse_packet ($class, $record, $timestamp_ns) {
    return Nflogcap::XSc::parse_packet(_bytes('record', $record), $timestamp_ns);
}

sub _set_filter ($capture, $filter) {
    $filter = _text('filter', $filter) if defined $filter;
    Nflogcap::XSc::Handle_set_filter($capture, $filter);
    return;
}

sub _add_group ($capture, $group) {
    Nflogcap::XSc::Handle_change($capture, 'groups', _integer('group', $group));
    return;
}

# Of the options those that are about taps alone, in their order.
my @TAP_OPTIONS = grep { $_->{name} =~ /^(?:hook$|tap_)/ } @OPTIONS;

sub add_tap {
    my ($capture, $match, @options) = @_;
    Nflogcap::XSc::refuse('wrong number of arguments: call $capture->add_tap($match, hook => \'input\')')
      if @_ < 2 || @options % 2 || grep { !defined } List::Util::pairkeys(@options);
    my %options = @options;
    my @changes = map {
        my $value = delete $options{ $_->{name} };
        [$_->{name}, defined $value ? $TEXTS{ $_->{kind} }->($_->{name}, $value) : undef]
    } @TAP_OPTIONS;
    Nflogcap::XSc::refuse("add_tap has no option '$_'") for sort keys %options;
    Nflogcap::XSc::Handle_change($capture, @$_) for @changes, ['tap', _text('tap', $match)];
    return;
}

sub remove_tap {
    my ($capture, $match, $name, $hook) = @_;
    Nflogcap::XSc::refuse('wrong number of arguments: call $capture->remove_tap($match, hook => \'input\')')
      if @_ != 2 && !(@_ == 4 && ($name // '') eq 'hook');
    $hook = _text('hook', $hook) if defined $hook;
    Nflogcap::XSc::Handle_remove_tap($capture, _text('tap', $match), $hook);
    return;
}

# In list context the values of a list.
sub _values ($list) { wantarray ? @$list : $list }

sub _groups ($capture) { _values(Nflogcap::XSc::Handle_groups($capture)) }

sub _descriptors ($capture) { _values(Nflogcap::XSc::Handle_descriptors($capture)) }

sub _stats ($capture) { bless Nflogcap::XSc::Handle_stats($capture), 'Nflogcap::Stats' }

sub _group_stats ($capture, $group) {
    return bless Nflogcap::XSc::Handle_group_stats($capture, $group), 'Nflogcap::Stats';
}

# The extension makes next, read_batch, the methods of batches, and for packets to_hash, a method of each
# field and @FIELDS, their names.
_define(
    __PACKAGE__, 'Nflogcap',
    parse_packet => [\&_parse_packet, '$record', '$timestamp_ns'],
);
_define(
    __PACKAGE__, '$capture',
    set_filter  => [\&_set_filter, '$expression'],
    stats       => [\&_stats],
    group_stats => [\&_group_stats, '$group'],
    add_group   => [\&_add_group, '$group'],
    remove_group => [\&Nflogcap::XSc::Handle_remove_group, '$group'],
    remove_taps  => [\&Nflogcap::XSc::Handle_remove_taps],
    groups       => [\&_groups],
    fileno      => [\&Nflogcap::XSc::Handle_fd],
    tap_group   => [\&Nflogcap::XSc::Handle_tap_group],
    wakeup      => [\&Nflogcap::XSc::Handle_wakeup],
    stop        => [\&Nflogcap::XSc::Handle_stop],
    hand_over   => [\&Nflogcap::XSc::Handle_hand_over],
    descriptors => [\&_descriptors],
    expect      => [\&Nflogcap::XSc::Handle_expect, '$group', '$seq'],
    expected    => [\&Nflogcap::XSc::Handle_expected, '$group'],
    take_over   => [\&Nflogcap::XSc::Handle_take_over],
    close       => [\&Nflogcap::XSc::Handle_close],
    closed      => [\&Nflogcap::XSc::Handle_closed],
    ended       => [\&Nflogcap::XSc::Handle_ended],
);
_define(
    'Nflogcap::Dump', '$dump',
    write     => [\&Nflogcap::XSc::Dump_write, '$packet'],
    flush     => [\&Nflogcap::XSc::Dump_flush],
    take_over => [\&Nflogcap::XSc::Dump_take_over],
    close     => [\&Nflogcap::XSc::Dump_close],
    closed    => [\&Nflogcap::XSc::Dump_closed],
    position  => [\&Nflogcap::XSc::Dump_position],
    written   => [\&Nflogcap::XSc::Dump_written],
    skipped   => [\&Nflogcap::XSc::Dump_skipped],
);
_define(
    'Nflogcap::Packet', '$packet',
    frame     => [\&Nflogcap::XSc::Packet_frame],
    attribute => [\&Nflogcap::XSc::Packet_attribute, '$number'],
    TO_JSON   => [\&_to_json_values],
);
_define(
    'Nflogcap::Stats', '$stats',
    map { my $counter = $_; $counter => [sub ($stats) { $stats->{$counter} }] } @COUNTERS
);

sub Nflogcap::Packet::to_json {
    my ($packet, $name, $value) = @_;
    my $usage = 'call $packet->to_json or $packet->to_json(payload => 0)';
    Nflogcap::XSc::refuse("wrong number of arguments: $usage") if @_ != 1 && @_ != 3;
    Nflogcap::XSc::refuse("to_json has no other option than payload: $usage")
      if @_ == 3 && ($name // '') ne 'payload';
    return Nflogcap::XSc::Packet_to_json($packet, @_ == 1 || $value);
}

sub _to_json_values ($packet) {
    require JSON::PP;
    return JSON::PP::decode_json(Nflogcap::Packet::to_json($packet));
}

# Each is equal to itself alone. As a string it has its address, so that it can be the key of a hash.
package Nflogcap::Object {
    use overload
      '""'     => sub ($object, @) { sprintf '<%s: %s, at 0x%x>', ref $object, $object->_source, $object },
      '0+'     => sub ($object, @) { Scalar::Util::refaddr($object) },
      'bool'   => \&Nflogcap::_yes,
      fallback => 1;
}
@Nflogcap::ISA = @Nflogcap::Dump::ISA = @Nflogcap::Batch::ISA = ('Nflogcap::Object');
*Nflogcap::Dump::_source = \&_source;
sub Nflogcap::Batch::_source ($batch) { $batch->size . ' packets' }

package Nflogcap::Packet {
    use overload
      '""'     => sub ($packet, @) { Nflogcap::XSc::Packet_line($packet) },
      'bool'   => \&Nflogcap::_yes,
      '=='     => sub ($one, $other, @) { _equal($one, $other) },
      '!='     => sub ($one, $other, @) { !_equal($one, $other) },
      'eq'     => sub ($one, $other, @) { _is_packet($other) ? _equal($one, $other) : "$one" eq $other },
      'ne'     => sub ($one, $other, @) { _is_packet($other) ? !_equal($one, $other) : "$one" ne $other },
      fallback => 1;

    sub _is_packet ($value)       { Scalar::Util::blessed($value) && $value->isa(__PACKAGE__) }
    sub _equal     ($one, $other) { _is_packet($other) && Nflogcap::XSc::Packet_equals($one, $other) }
}

package Nflogcap::Stats {
    use overload
      '""'     => sub ($stats, @) { join ', ', map { "$_ $stats->{$_}" } @COUNTERS },
      'bool'   => \&Nflogcap::_yes,
      fallback => 1;
}

package Nflogcap::Error {
    use overload
      '""'     => sub ($error, @) { "$error->{message} at $error->{file} line $error->{line}.\n" },
      'bool'   => \&Nflogcap::_yes,
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
        print "$packet\n";    # or $packet->source, $packet->destination_port, ...
    }

=head1 DESCRIPTION

A firewall rule says C<log group 5> (nft) or C<-j NFLOG --nflog-group 5> (iptables); this receives
what such rules log, with all the metadata that the kernel sends, and counts exactly what was lost.
Capturing needs CAP_NET_ADMIN in the network namespace.

=head1 CAPTURES

=head2 Nflogcap->open(%options)

Starts capturing and returns the capture. The options are those of L<nflogcap(3)>. C<groups> and
C<tap> are one value or a reference to an array of values. A value may be an object that is a string,
such as a path of Path::Tiny.

A subclass makes objects of its own class. They are hashes, for the subclass alone to use.

=head2 $capture->next($timeout)

The next packet; undef when none came in C<$timeout> seconds (without it: wait for ever, 0: do not
wait), when it was woken, and when the capture has ended or was closed, which C<ended> tells.

=head2 $capture->read_batch($timeout)

Like C<next>, with an L<Nflogcap::Batch|/BATCHES>: up to 256 packets that the kernel delivered together.

    while (my $batch = $capture->read_batch) {
        my @payloads = $batch->payloads;
    }

In list context C<next> and C<read_batch> return an empty list in place of undef, since a list of one
undef is true. Other methods with one value always return one, which may be undef, as in C<tap_group> and
the fields of packets.

=head2 $capture->set_filter($expression)

Delivers only the packets that an expression of L<pcap-filter(7)> matches, from now on: those that
were received and not delivered yet are judged by it too. undef or an empty one: all. A wrong one
dies with libpcap's words, and the filter before it stays in force.

=head2 $capture->add_group($group), $capture->remove_group($group)

Captures a group too, from now on, or no longer. No other group loses a packet. What the kernel had of a
removed group is still delivered, and its counters stay.

=head2 $capture->add_tap($match, %options), $capture->remove_tap($match, hook => $hook)

Lays a tap from now on, as the option C<tap> of C<open> does at the start, with the options C<hook>,
C<tap_priority>, C<tap_prefix>, C<tap_limit> and C<tap_sample>; or removes one, named as it was added. A
wrong one dies with nft's words, and all is as before.

=head2 $capture->remove_taps

Removes all taps.

=head2 $capture->groups

The captured groups, in ascending order; the group that was chosen for taps too.

=head2 $capture->fileno

A descriptor for select, IO::Select and event loops: readable whenever C<next> would not wait,
packets queued in the library included. Never read from it or close it.

=head2 $capture->stats, $capture->group_stats($group)

The counters, as of now, of the capture and of one of its groups. Each counter of L<nflogcap(3)>,
such as C<received> and C<lost>, is a method.

=head2 $capture->tap_group

The group that the taps log to; undef without a tap.

=head2 $capture->wakeup

Makes the C<next> that waits, or else the next one, return undef. A signal handler may call it.

=head2 $capture->stop

Ends the capture without loss: C<next> goes on to return what the kernel still holds.

=head2 $capture->hand_over, $capture->descriptors

C<hand_over> ends the capture here and leaves its groups bound and its taps laid, for the process that has
the descriptors: C<next> goes on to return what the kernel holds. When the capture is closed then, another
process can adopt it. If C<descriptors> was not called, this is C<stop>.

C<descriptors> are those with which another process can adopt the capture. Pass all of them on, in any order.
They stay the capture's: never read from them or close them. Adding a tap adds one, and removing taps can
remove one.

C<groups> and C<descriptors> return a reference to an array in scalar context.

=head2 Nflogcap->adopt(\@descriptors, %options)

Goes on with a capture of another process, instead of starting one, and returns the capture. Waits up to one
second for that process to close the capture or end.

The descriptors are those that the other process's C<< $capture->descriptors >> returned, as they are numbered
in this process, in any order. On success they belong to the capture; after an error they stay open, and the
caller's. The options are those of C<open>. Those that differ from the other process's are set. With C<tap> the
taps replace the other process's, else they are kept. C<groups> must be the same, or absent.

Dies with the errno 22 (EINVAL) for descriptors that are not those of one capture, and for other groups; 16
(EBUSY) while the other process still captures; 61 (ENODATA) if the capture has ended; and 18 (EXDEV) if it is of
another network namespace.

=head2 $capture->expect($group, $seq), $capture->expected($group)

C<expect> says that the packets of a group before the number C<$seq> are accounted for, for a program that knows
it better than the capture: C<< $packet->seq + 1 >> of the last packet that it stored. A process that adopts the
capture counts as lost what is missing from C<$seq> on. C<expected> is the number that the next packet of the
group has if none is lost.

=head2 $capture->take_over, $dump->take_over

Takes the capture or the savefile from the process that owns it, in a child of fork. In the previous
owner all calls but C<close> then die with the errno 10 (ECHILD).

=head2 $capture->close

Gives the groups up and frees all, as the end of the last reference does. A second time it does
nothing.

=head2 $capture->closed, $capture->ended

Whether it was closed; whether no packet can come any more.

=head1 SAVEFILES

=head2 Nflogcap->parse_packet($record, $timestamp_ns)

Returns the packet that a record of LINKTYPE_NFLOG is, which another library has read. The record is a
string of bytes, of either byte order, which may end within the payload; its time is in nanoseconds since
the epoch. Dies (EINVAL) if the bytes are no such record.

=head2 Nflogcap->dump_open($path, %options), Nflogcap::Dump->open($path, %options)

Creates a savefile, or empties the one that is there, and returns it; C<-> is standard output. The path
may be an object that is a string. A subclass of Nflogcap::Dump makes objects of its own by C<open>.

The option C<link_type> is a name, or a number such as LINKTYPE_RAW:

    nflog     (default) all that the kernel sent of each packet, which Wireshark and tcpdump print
              and Nflogcap->open(savefile => $path) reads
    raw       IPv4 and IPv6 packets from their IP headers on
    ethernet  the frames of $packet->frame, with addresses of zeros if the packet has no Ethernet header

Filters of tcpdump and most other programs need C<raw> or C<ethernet>.

The option C<format> is C<pcap> or C<pcapng>, both with times in nanoseconds; by default it is C<pcapng> if
the path ends in C<.pcapng> (or C<.pcapng.zst>), else C<pcap>. pcapng has an interface for each device, each packet's direction
and the number of packets lost before it, with C<raw> and C<ethernet> a comment with its group, mark, uid,
gid and prefix, and at the end each interface's counters.

The option C<compression> is C<none>, C<gzip> or C<zstd>; by default it is C<gzip> if the path ends in C<.gz>,
C<zstd> if it ends in C<.zst>, else C<none>. A file that is cut holds all packets up to its last whole part;
each flush makes a part, and small ones compress badly.

=head2 $dump->write($packet)

Writes a packet, of any capture, open or closed, as the link type has it. Packets are gathered, up to
64 KiB. Returns false if the link type cannot hold the packet, which is then skipped. If writing fails,
this packet is not taken; earlier packets that could not be written are kept, and the next call that can
writes them. A pipe without a reader raises SIGPIPE:
C<$SIG{PIPE} = 'IGNORE'> for the error.

=head2 $dump->flush

Hands what is gathered to the system, for others to read.

=head2 $dump->position

The length in bytes that the file has with all that was written into it. If it is compressed, what is
gathered counts with the bytes that it has before.

=head2 $dump->written

How many packets of this process are in the file; the others are gathered.

=head2 $dump->skipped

How many packets C<write> has skipped in this process.

=head2 $dump->close, $dump->closed

Writes what is gathered and closes the file, also where that fails, and as the end of the last
reference does; a second time it does nothing. Whether it was closed.

While a pipe is full both wait for its reader. A signal whose handler returns does not end C<close>. It
ends the wait of the last reference, and what is not written by then is lost.

=head1 PACKETS

A packet has a method for each field of L<nflogcap(3)>, such as C<payload>, C<mark>, C<source> and
C<destination_port>, and for those made of them: C<timestamp> in seconds, and C<indev_name> and the
like. C<@Nflogcap::Packet::FIELDS> lists them. A field that the kernel did not send, or that the
packet's headers do not say, is undef. Payloads, headers and prefixes are strings of bytes, addresses
are text, C<vlan_ids> is a reference to an array, and C<conntrack> a reference to a hash, in which
C<original> and C<reply> are such hashes. Packets own their bytes and outlive their
capture. As a string a packet is one line for people. Packets are equal, by C<==> and C<eq>, if all that
the kernel sent and the library says of them is.

=head2 $packet->to_json, $packet->TO_JSON, $packet->to_hash

One JSON object with the fields that the packet has, in UTF-8, as L<nflogcap(1)> says; the same for
JSON modules with C<convert_blessed>; all fields in a hash. C<< $packet->to_json(payload => 0) >>
leaves the payload out.

=head2 $packet->frame

The frame: link-layer header, VLAN tag and payload, as far as the kernel sent them.

=head2 $packet->attribute($number)

The raw bytes of an attribute of the kernel's message by its NFULA_* number, or undef.

=head1 BATCHES

Columns of values from a batch cost less than packets one by one. A batch owns its bytes and outlives
its capture. What returns a list returns a reference to an array in scalar context.

=head2 $batch->size

How many packets it has.

=head2 $batch->packet($index)

A packet, from 0 on, or from the end: -1 is the last. Each call makes an object.

=head2 $batch->packets

All packets.

=head2 $batch->payloads

The payloads of all packets.

=head2 $batch->column($field)

The values of a field of all packets: C<< $batch->column('mark') >>. Dies if packets do not have such a
field.

=head1 STRINGS

Captures, savefiles and batches as strings say what they are of, for people, with their address:
C<< <Nflogcap: groups 5, snaplen 96, at 0x55d0c8a1b2c0> >>. Such a string does not change, and each object
is equal to itself alone. Counters as a string are all counters by their names.

=head1 ERRORS

What fails dies with an Nflogcap::Error, which as a string is the library's words and the line of
the program. Its C<message> has the words alone, C<errno> the number: 1 (EPERM) where a group has an
owner already or CAP_NET_ADMIN is missing, 22 (EINVAL) for a wrong number of arguments and arguments of
a wrong kind. Lost packets are no error: they are counted, in
C<< $packet->lost_before >> and C<< $capture->stats->lost >>.

=head1 SIGNALS, THREADS, FORKS

A handler in C<%SIG> runs while C<next> waits, and ends the wait if it dies. A new thread of Perl's
cannot use the captures and packets of its parent. A child of fork may
close its copy of a capture: the parent's goes on.

=head1 REQUIREMENTS

Perl 5.26 or later.

=head1 SEE ALSO

L<nflogcap(3)>, L<pcap-filter(7)>, L<nft(8)>, L<iptables-extensions(8)>

=cut
