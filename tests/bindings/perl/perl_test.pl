# SPDX-License-Identifier: GPL-2.0-or-later
# Tests of what only Perl has: ithreads, fork, global destruction and documentation in POD.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib $FindBin::Bin;
use Config;
use File::Temp;
use threads;
use Live;
use Nflogcap;
use POSIX ();
use Pod::Checker;

my (%tests, @order);

sub test ($name, $code) {
    push @order, $name;
    $tests{$name} = $code;
}

test 'a thread can open its own captures, and does not change the objects of its parent' => sub {
    with_rule(
        PORT,
        'group 5',
        sub {
            my $capture = Nflogcap->open(groups => 5);
            send_udp(PORT, 'a', 'b');
            my $packet = $capture->next(LONG);
            my $directory = File::Temp->newdir(CLEANUP => 0);    # otherwise, each ending thread removes it
            my $file      = "$directory/x.pcap";
            Nflogcap->dump_open($file)->write($packet);
            for (1 .. 20) {
                my $seen = threads->create(
                    sub {
                        my ($same) = Nflogcap->open(savefile => $file)->read_batch->packets;
                        return udp_payload($same);
                    }
                )->join;
                equal($seen, 'a');
            }
            unlink $file;
            rmdir $directory;
            equal(bound_groups(), [5]);
            equal([udp_payload($packet), udp_payload($capture->next(LONG))], ['a', 'b']);
        }
    );
};

test 'a child of fork takes over the capture' => sub {
    with_rule(
        PORT,
        'group 5',
        sub {
            my $capture = Nflogcap->open(groups => 5);
            in_child(
                sub {
                    $capture->take_over;
                    send_udp(PORT, 'hello');
                    equal(udp_payload($capture->next(LONG)), 'hello');
                }
            );
            # The owner has ended: the capture belongs to the first process that uses it.
            send_udp(PORT, 'again');
            equal(udp_payload($capture->next(LONG)), 'again');
        }
    );
};

test 'a child of fork can close or drop its copy of a capture, and the parent still captures' => sub {
    with_rule(
        PORT,
        'group 5',
        sub {
            my $capture = Nflogcap->open(groups => 5);
            for my $end (sub { $capture->close }, sub { undef $capture }) {
                my $child = fork // die "fork: $!";
                if (!$child) {
                    $end->();
                    exit 0;
                }
                waitpid $child, 0;
                equal([$?, @{ bound_groups() }], [0, 5]);
            }
            send_udp(PORT, 'still there');
            equal(udp_payload($capture->next(LONG)), 'still there');
        }
    );
};

# Calls the code with the path of a FIFO, and with the process ID of a child that opens the FIFO but does not read.
sub with_full_fifo ($code) {
    my $path = "/tmp/nflogcap-fifo-$$";
    POSIX::mkfifo($path, 0600) or die "mkfifo: $!";
    my $child = fork // die "fork: $!";
    if (!$child) {
        open my $pipe, '<', $path or POSIX::_exit(1);
        sleep LONG;
        POSIX::_exit(0);
    }
    my $done = eval { $code->($path, $child); 1 };
    my $why  = $@;
    kill KILL => $child;
    waitpid $child, 0;
    unlink $path;
    die $why unless $done;
}

test 'a signal handler may drop the last reference to a capture or a savefile that waits' => sub {
    my $soon = sub ($handler) {
        $SIG{ALRM} = sub { $handler->(); my @others = map { 'x' x 300 } 1 .. 10000 };
        POSIX::alarm(1);
    };
    my $capture = Nflogcap->open(groups => 5);
    $soon->(sub { undef $capture });
    equal(scalar $capture->next, undef);
    equal(bound_groups(), []);
    my $owner = { capture => Nflogcap->open(groups => 5) };
    $soon->(sub { delete $owner->{capture} });
    equal(scalar $owner->{capture}->next(LONG), undef);
    equal(bound_groups(), []);
    my $packet;
    with_rule(
        PORT,
        'group 5',
        sub {
            my $other = Nflogcap->open(groups => 5);
            send_udp(PORT, 'x' x 1000);
            $packet = $other->next(LONG);
        }
    );
    with_full_fifo(
        sub ($path, $reader) {
            local $SIG{PIPE} = 'IGNORE';
            my $dump = Nflogcap->dump_open($path);
            $soon->(
                sub {
                    undef $dump;
                    undef $packet;
                    $soon->(sub { kill KILL => $reader });
                }
            );
            refused(sub { $dump->write($packet) while 1 }, 'Broken pipe');
        }
    );
    $SIG{ALRM} = 'DEFAULT';
};

test 'open continues after a signal handler returns' => sub {
    my $path = "/tmp/nflogcap-fifo-$$";
    POSIX::mkfifo($path, 0600) or die "mkfifo: $!";
    my $ticks = 0;
    local $SIG{USR1} = sub {
        return if ++$ticks > 1;
        my $pid = $$;
        my $child = fork // die "fork: $!";
        return if $child;
        Nflogcap->dump_open($path);
        POSIX::_exit(0);
    };
    my $parent = $$;
    my $child  = fork // die "fork: $!";
    if (!$child) {
        while (1) { kill USR1 => $parent or last; select undef, undef, undef, 0.05 }
        POSIX::_exit(0);
    }
    my $capture = eval { Nflogcap->open(savefile => $path) };
    my $why     = $@;
    kill KILL => $child;
    1 while waitpid(-1, 0) > 0;
    unlink $path;
    die $why unless $capture;
    equal([scalar $capture->next(LONG), $capture->ended], [undef, 1]);
};

test 'objects may be destroyed in any order when the program ends' => sub {
    my $program = 'use Nflogcap; our $c = Nflogcap->open(groups => 5); our $loop = [$c]; '
      . 'push @$loop, $loop; $c->close; eval { $c->stats }; print $@; undef $c';
    my $said = qx($^X @{[map { "-I$_" } @INC]} -e '$program' 2>&1);
    equal([$said, $?], ["the capture is closed at -e line 1.\n", 0]);
};

# Captures one packet, and calls the code with the capture and the packet.
sub with_packet ($code) {
    with_rule(
        PORT,
        'group 5',
        sub {
            my $capture = Nflogcap->open(groups => 5);
            send_udp(PORT, 'a packet');
            $code->($capture, $capture->next(LONG));
        }
    );
}

package Text {
    use overload '""' => sub { ${ $_[0] } }, fallback => 1;
    sub new ($class, $text) { bless \$text, $class }
}

package Mine {
    use parent -norequire, 'Nflogcap';

    sub open ($class, $name, %options) {
        my $capture = $class->SUPER::open(%options);
        $capture->{name} = $name;
        return $capture;
    }
    sub next ($capture, @timeout) { return ($capture->SUPER::next(@timeout) // return)->payload }
}

package Mine::Dump {
    use parent -norequire, 'Nflogcap::Dump';
    sub write ($dump, @packets) { $dump->SUPER::write($_) for @packets }
}

test 'constructors of a subclass return objects of the subclass, which can contain additional data' => sub {
    with_packet sub ($other, $packet) {
        $other->close;
        my $capture = Mine->open('inner', groups => 5);
        equal([ref $capture, $capture->{name}, keys %$capture], ['Mine', 'inner', 'name']);
        send_udp(PORT, 'mine');
        equal(substr($capture->next(LONG), 28), 'mine');
        equal([$capture->next(0)], []);
        my $file = File::Temp->new;
        my $dump = Mine::Dump->open($file);
        $dump->write($packet, $packet);
        $dump->close;
        equal([ref $dump, ref(Mine->dump_open('/dev/null'))], ['Mine::Dump', 'Nflogcap::Dump']);
        my $read = Nflogcap->open(savefile => $file);
        equal([map { $_ == $packet } $read->next, $read->next], [1, 1]);
        my $error = refused(sub { $capture->attribute_of_nothing if 0; $capture->group_stats('x') }, 'an integer');
        equal("$error" =~ / at \Q$0\E line \d+\.$/, 1);
    };
};

test 'a method without a result returns an empty list in list context, and an absent value is undef' => sub {
    with_packet sub ($capture, $packet) {
        equal([$capture->next(0)], []);
        equal([$capture->read_batch(0)], []);
        equal([scalar $capture->next(0), scalar $capture->read_batch(0)], [undef, undef]);
        equal([$packet->uid, $packet->attribute(2), $capture->tap_group], [undef, undef, undef]);
        my ($stats) = $capture->stats;
        equal([$stats->received, ref $stats], [1, 'Nflogcap::Stats']);
        my $dump = Nflogcap->dump_open('/dev/null');
        equal([$capture->set_filter('udp'), $capture->wakeup, $dump->flush, $dump->close], []);
        my $packets = 0;
        while (my ($one) = $capture->next(0)) { $packets++ }
        equal([$packets, $capture->stop, $capture->close], [0]);
    };
};

test 'an object as a string describes the object, and captures are equal only to themselves' => sub {
    with_packet sub ($capture, $packet) {
        my $file = File::Temp->new;
        my $dump = Nflogcap->dump_open("$file\t");
        unlink "$file\t";
        my $batch = do { send_udp(PORT, 'another'); $capture->read_batch(LONG) };
        for (
            [$capture, "<Nflogcap: groups 5, at 0x"],
            [$dump,    "<Nflogcap::Dump: $file\\x09, at 0x"],
            [$batch,   "<Nflogcap::Batch: 1 packets, at 0x"],
            [$capture->stats, 'received 2, delivered 2, '],
            [$packet, 'group 5'],
            [refused(sub { Nflogcap->dump_open(undef) }, 'undef'), 'path must be a string, not undef at '],
          )
        {
            my ($object, $words) = @$_;
            die "$object" unless index("$object", $words) >= 0 && $object;
        }
        my $other = Nflogcap->open(groups => [6, 7], snaplen => 96, netns => '/proc/self/ns/net');
        die "$other" unless "$other" =~ m{^<Nflogcap: groups 6 7, snaplen 96, netns /proc/self/ns/net, at 0x};
        equal([map { $_ ? 1 : 0 } $capture == $other, $capture eq $other, $capture == $capture, $capture eq "$capture"], [0, 0, 1, 1]);
        my $name = "$capture";
        $capture->close;
        equal("$capture", $name);
    };
};

test 'options and paths may be objects that convert to strings' => sub {
    with_packet sub ($capture, $packet) {
        my $file = File::Temp->new;
        my $dump = Nflogcap->dump_open($file);
        $dump->write($packet);
        $dump->close;
        my $again = Nflogcap->open(savefile => $file, groups => Text->new('5'), filter => Text->new('udp'))->next;
        equal($again == $packet ? 1 : 0, 1);
        $capture->set_filter(Text->new('tcp'));
        send_udp(PORT, 'filtered');
        equal([$capture->next(0.05)], []);
        $capture->close;
        equal(ref(Nflogcap->open(groups => 5, netns => Text->new('/proc/self/ns/net'))), 'Nflogcap');
        open my $bytes, '<:raw', $file or die "$file: $!";
        my $record = substr do { local $/ = undef; <$bytes> }, 40;
        utf8::upgrade(my $upgraded = $record);
        equal(Nflogcap->parse_packet(Text->new($upgraded), $packet->timestamp_ns)->payload, $packet->payload);
        refused(sub { Nflogcap->parse_packet("\x{263a}$record", 1) }, 'record must be a string of bytes');
    };
};

test 'every method refuses a wrong number of arguments, and objects of other classes' => sub {
    with_packet sub ($capture, $packet) {
        my $batch = do { send_udp(PORT, 'another'); $capture->read_batch(LONG) };
        my $dump  = Nflogcap->dump_open('/dev/null');
        my %most  = (    # the maximum number of arguments, if it is not 0
            next       => 1, read_batch => 1, set_filter => 1, group_stats => 1, write => 1, attribute => 1, packet => 1,
            column     => 1, add_group => 1, remove_group => 1, add_tap => 1, remove_tap => 1,
            expect     => 2, expected => 1,
        );
        my %made = (
            'Nflogcap' => $capture, 'Nflogcap::Dump' => $dump, 'Nflogcap::Batch' => $batch, 'Nflogcap::Packet' => $packet,
        );
        my $seen = 0;
        for my $package (sort keys %made) {
            my ($object, $other) = ($made{$package}, $package eq 'Nflogcap' ? $packet : $capture);
            no strict 'refs';
            my @methods = grep { /^[a-zT]/ && defined &{"${package}::$_"} && !/^(open|adopt|dump_open|parse_packet|blessed|fieldhash|looks_like_number)$/ } sort keys %{"${package}::"};
            for my $method (@methods) {
                my @arguments = (1) x ($most{$method} // 0);
                my $function = \&{"${package}::$method"};
                refused(sub { $function->() }, "wrong number of arguments: call \$");
                refused(sub { $object->$method(@arguments, 1) }, 'wrong number of arguments: call $', "->$method");
                refused(sub { $function->($_, @arguments) }, 'this is no') for undef, 5, 'Nflogcap', [], {}, sub {}, $other, (bless {}, $package), (bless \my $scalar, $package);
                $seen++;
            }
        }
        die "only $seen methods were tested" unless $seen > 60;
        refused($_, 'wrong number of arguments: call Nflogcap')
          for sub { Nflogcap->dump_open }, sub { Nflogcap->dump_open(1, 2) }, sub { Nflogcap::Dump->open },
          sub { Nflogcap->parse_packet('x') }, sub { Nflogcap::parse_packet() };
        refused($_, 'not a class of captures')
          for sub { $capture->open(groups => 6) }, sub { Nflogcap::open() }, sub { Nflogcap::open('') }, sub { Nflogcap::open(groups => 5) },
          sub { $dump->open('/dev/null') }, sub { Nflogcap->Nflogcap::Dump::open('/dev/null') };
        refused(sub { $dump->write($_) }, 'this is no packet') for undef, 'x', [], $capture, $batch;
        refused(sub { $packet->attribute($_) }, 'type must be an integer') for undef, 'x', [], 1.5;
        equal([bound_groups()->@*, $dump->written], [5, 0]);
    };
};

test 'other SWIG modules in the process share no types with this module' => sub {
    equal([grep { /type_pointer/ && !/nflogcap$/ } keys %swig_runtime_data::], []);
    equal([map { /(nflogcap)$/ } keys %swig_runtime_data::], ['nflogcap']);
};

test 'the code requires only Perl 5.26' => sub {
    my $root = "$FindBin::Bin/../../..";
    my @files = map { glob "$root/$_" } qw(Makefile.PL bindings/perl/*/*.p[lm] bindings/perl/t/*.t
      tests/bindings/perl/*.p[lm] bench/bindings/*.pl bench/live/readers/*.pl);
    die "@files" unless @files == 10;
    for my $file (@files) {
        open my $source, '<', $file or die "$file: $!";
        my $code = do { local $/ = undef; <$source> };
        # `use 5.026` turns off all newer features.
        equal([$code =~ /^use (v?5[.\d]+);/mg], ['5.026']);
        equal([grep { $_ ne q('signatures') } $code =~ /^\s*use feature (.*);/mg], []);
        die "$file: newer than Perl 5.26: $&" if $code =~ /\buse (?:experimental|builtin)\b|\bbuiltin::|[(,]\s*\$\w+ (?:\/\/|\|\|)= |\$\w+ isa [A-Z]/;
        next unless $file =~ /Makefile\.PL$/;
        equal([$code =~ /MIN_PERL_VERSION\s*=>\s*'([^']*)'/], ['5.026']);
    }
};

test 'the documentation has no errors, and mentions the main methods' => sub {
    open my $silence, '>', \my $complaints or die;
    my $checker = Pod::Checker->new(-warnings => 1);
    my $pages = $INC{'Nflogcap.pm'} =~ s/\.pm$/.pod/r;
    $checker->parse_from_file($pages, $silence);
    equal([$checker->num_errors, $checker->num_warnings], [0, 0]);
    open my $source, '<', $pages or die "$pages: $!";
    my $pod = join '', <$source>;
    for my $name (qw(open next read_batch packets payloads column fileno stats wakeup stop close closed ended frame
        attribute to_json)) {
        die "$name is not documented" unless $pod =~ /\b$name\b/;
    }
};

exit run_tests(\%tests, \@order, @ARGV);
