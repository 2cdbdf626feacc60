# SPDX-License-Identifier: GPL-2.0-or-later
# What only Perl has: ithreads, forks, global destruction, documentation.

use v5.36;
use FindBin;
use lib $FindBin::Bin;
use Config;
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

test 'a thread cannot use the objects of its parent' => sub {
    with_rule(
        PORT,
        'group 5',
        sub {
            my $capture = Nflogcap->open(groups => 5);
            send_udp(PORT, 'a', 'b');
            my $packet = $capture->next(LONG);
            for (1 .. 20) {
                my $seen = threads->create(
                    sub {
                        my $mine = Nflogcap->open(groups => 6);    # a thread may have its own
                        eval { $capture->next } and return 'a packet';
                        my $why = "$@";
                        eval { $packet->payload } and return 'a payload';
                        return "$why$@" =~ s/ at .*//gr;
                    }
                )->join;
                equal(
                    $seen,
                    "this is no capture of this thread: Nflogcap->open makes one\n"
                      . "this is no packet of this thread: a capture makes them\n"
                );
            }
            equal(bound_groups(), [5]);
            equal([udp_payload($packet), udp_payload($capture->next(LONG))], ['a', 'b']);
        }
    );
};

test 'a child of fork takes the capture over' => sub {
    with_rule(
        PORT,
        'group 5',
        sub {
            my $capture = Nflogcap->open(groups => 5);
            my $child   = fork // die "fork: $!";
            if (!$child) {
                $capture->take_over;
                send_udp(PORT, 'hello');
                POSIX::_exit(udp_payload($capture->next(LONG)) eq 'hello' ? 0 : 1);
            }
            waitpid $child, 0;
            equal($?, 0);
            # The owner has ended: the capture belongs to the first process that uses it.
            send_udp(PORT, 'again');
            equal(udp_payload($capture->next(LONG)), 'again');
        }
    );
};

test 'a child of fork leaves the capture of its parent alone' => sub {
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

test 'a child of fork is refused in words of this failure, and closes its copies' => sub {
    my $capture = Nflogcap->open(groups => 5);
    my $dump    = Nflogcap->dump_open('/dev/null');
    refused(sub { $capture->set_filter('prt 5') }, 'prt');
    my $child = fork // die "fork: $!";
    if (!$child) {
        my $done = eval {
            refused(sub { $capture->$_ }, 'capture belongs to another process') for qw(stop wakeup stats);
            refused(sub { $dump->flush }, 'savefile belongs to process');
            $dump->close;
            $dump->closed or die 'it is open';
        };
        warn $@ unless $done;
        POSIX::_exit($done ? 0 : 1);
    }
    waitpid $child, 0;
    equal($?, 0);
    $dump->close;
};

# Calls the code with the path of a FIFO and the child that opens it and does not read.
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

test 'a handler may drop the last reference to what waits' => sub {
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

test 'a signal whose handler returns does not end an open' => sub {
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

test 'objects are destroyed in any order' => sub {
    my $program = 'use Nflogcap; our $c = Nflogcap->open(groups => 5); our $loop = [$c]; '
      . 'push @$loop, $loop; $c->close; eval { $c->stats }; print $@; undef $c';
    my $said = qx($^X @{[map { "-I$_" } @INC]} -e '$program' 2>&1);
    equal([$said, $?], ["the capture is closed at -e line 1.\n", 0]);
};

test 'the documentation is sound' => sub {
    open my $silence, '>', \my $complaints or die;
    my $checker = Pod::Checker->new(-warnings => 1);
    $checker->parse_from_file($INC{'Nflogcap.pm'}, $silence);
    equal([$checker->num_errors, $checker->num_warnings], [0, 0]);
    open my $source, '<', $INC{'Nflogcap.pm'} or die "Nflogcap.pm: $!";
    my $pod = join '', <$source>;
    $pod =~ s/.*__END__//s;
    for my $name (qw(open next read_batch packets payloads column fileno stats wakeup stop close closed ended frame
        attribute to_json)) {
        die "$name is not documented" unless $pod =~ /\b$name\b/;
    }
};

exit run_tests(\%tests, \@order, @ARGV);
