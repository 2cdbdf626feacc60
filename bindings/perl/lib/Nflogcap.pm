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

# SWIG names the extension Nflogcap::XS, and puts its functions and constants into Nflogcap::XSc.
BEGIN {
    require DynaLoader;
    @Nflogcap::XS::ISA = ('DynaLoader');
    Nflogcap::XS->bootstrap;
}

our $VERSION = Nflogcap::XSc::nflogcap_version();

# The constants: the kinds of delivery, the bits of a packet's `present` (HAS_*), and others.
use constant Nflogcap::XSc::constants();

# Returns all descriptions. $at returns the description with an index, from 0 on.
sub _described ($at) {
    my @all;
    while (my $description = $at->(scalar @all)) { push @all, $description }
    return @all;
}

# The options in the library's order: name, kind, and whether an option accepts several values.
my @OPTIONS = map {
    {
        name          => Nflogcap::XSc::Option_name_get($_),
        kind          => Nflogcap::XSc::Option_kind_get($_),
        is_repeatable => Nflogcap::XSc::Option_is_repeatable_get($_),
    }
} _described(\&Nflogcap::XSc::nflogcap_option_at);

my @COUNTERS = map { Nflogcap::XSc::Counter_name_get($_) }
  _described(\&Nflogcap::XSc::nflogcap_counter_at);

# Converts a value to a string. An object converts itself, such as a path of Path::Tiny.
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
    return $text  if !looks_like_number($text);    # the name of a choice; the library refuses unknown ones
    return $value == int $value ? sprintf('%.0f', $value) : $text;
}

# For each kind of option, a function that converts a value to the text that the library expects.
my %TEXTS = (
    $Nflogcap::XSc::INTEGER => \&_integer,
    $Nflogcap::XSc::GROUPS  => \&_integer,
    $Nflogcap::XSc::TEXT    => \&_text,
    $Nflogcap::XSc::PATH    => \&_text,
    $Nflogcap::XSc::CHOICE  => \&_integer,
    $Nflogcap::XSc::BOOLEAN => sub ($name, $value) { $value ? 1 : 0 },
);

# Sets the options. Returns a description of them for people.
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
    Nflogcap::XSc::Handle_set_option($capture, $_, undef) for sort keys %options;    # dies: unknown
    return join ', ', @set;
}

# For each capture and savefile, a description of its source for people.
fieldhash my %SOURCE;

sub _source ($object) { ($SOURCE{$object} // '') =~ s/([^ -~])/sprintf '\x%02x', ord $1/ger }

# Defines methods in a package. Each method has a name, a function, and the names of its arguments.
# It refuses another number of arguments.
sub _define ($package, $invocant, %methods) {
    for my $name (keys %methods) {
        my ($function, @arguments) = @{ $methods{$name} };
        my $usage = "$invocant->$name" . (@arguments ? '(' . join(', ', @arguments) . ')' : '');
        no strict 'refs';
        *{"${package}::$name"} = sub {
            Nflogcap::XSc::refuse("wrong number of arguments: call $usage") if @_ != 1 + @arguments;
            return &$function;    # calls it with the same arguments
        };
    }
}

sub _require_class ($class, $base, $usage) {
    Nflogcap::XSc::refuse("not a class of captures or savefiles: call $usage")
      if ref $class || !UNIVERSAL::isa($class, $base);
}

# Creates a capture of the class with the options, without starting it.
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

# The options that apply only to taps, in the library's order.
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

# Returns the values of a list in list context, and otherwise the reference to the list.
sub _values ($list) { wantarray ? @$list : $list }

sub _groups ($capture) { _values(Nflogcap::XSc::Handle_groups($capture)) }

sub _descriptors ($capture) { _values(Nflogcap::XSc::Handle_descriptors($capture)) }

sub _stats ($capture) { bless Nflogcap::XSc::Handle_stats($capture), 'Nflogcap::Stats' }

sub _group_stats ($capture, $group) {
    return bless Nflogcap::XSc::Handle_group_stats($capture, $group), 'Nflogcap::Stats';
}

# The extension itself defines some methods: next, read_batch, the methods of batches, and for
# packets to_hash and a method for each field. It also defines @FIELDS, the names of the fields.
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
    Nflogcap::XSc::refuse("to_json has only the option payload: $usage")
      if @_ == 3 && ($name // '') ne 'payload';
    return Nflogcap::XSc::Packet_to_json($packet, @_ == 1 || $value);
}

sub _to_json_values ($packet) {
    require JSON::PP;
    return JSON::PP::decode_json(Nflogcap::Packet::to_json($packet));
}

# The base class of all objects. An object is equal only to itself. Its string contains its address,
# so that an object can be the key of a hash.
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
