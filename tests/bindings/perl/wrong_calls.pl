# SPDX-License-Identifier: GPL-2.0-or-later
# Calls that are wrong in every language die with an Nflogcap::Error, and no call does harm.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib $FindBin::Bin;
use Errno qw(EBADF ECHILD EEXIST EINVAL ENOENT ERANGE);
use File::Temp;
use JSON::PP     ();
use List::Util   qw(min);
use Scalar::Util qw(blessed looks_like_number);
use threads;
use Live;
use Nflogcap;

my %ERRORS = (
    type        => EINVAL,
    value       => EINVAL,
    range       => ERANGE,
    name        => EINVAL,
    exists      => EEXIST,
    missing     => ENOENT,
    closed      => EBADF,
    process     => ECHILD,
    interpreter => EINVAL,
);
# These calls are valid in another thread, because a thread may create its own objects.
my @NOT_HERE = ('elsewhere_module');
my @ODD = (
    undef, 1, -1, 0, 5, 2**64, -(2**80), 1.5, 'nan', 9**9**9, '', '5', 'udp', "\0", "\x{100}", "\xff" x 300,
    [], [5, 6], [undef], {}, \1, qr/x/, sub { }, \*STDOUT, bless([], 'Other'),
);

# Returns the calls of wrong_calls.txt: who (the receiver), the method, the arguments, the kind, a word and the line.
sub calls ($packet) {
    open my $table, '<', "$FindBin::Bin/../wrong_calls.txt" or die "wrong_calls.txt: $!";
    my @calls;
    for (<$table>) {
        next unless /^(\w+)\s+(\w+)\s+(.+?)\s+(\w+)\s+(\S+)$/;
        my $arguments = $3 eq '["@packet"]' ? [$packet] : JSON::PP::decode_json($3);
        push @calls, [$1, $2, $arguments, $4, $5, $_];
    }
    return @calls;
}

# Returns the receivers in this process. The dump writes to the path.
sub receivers ($path) {
    my $capture = Nflogcap->open(groups => 5);
    my ($packet, $batch);
    with_rule(
        PORT,
        'group 5',
        sub {
            send_udp(PORT, 'one', 'two');
            $packet = $capture->next(LONG);
            $batch  = $capture->read_batch(LONG);
        }
    );
    my %closed = (closed => Nflogcap->open(groups => 7), closed_dump => Nflogcap->dump_open('/dev/null'));
    $_->close for values %closed;
    my $dump = Nflogcap->dump_open($path);
    return (module => 'Nflogcap', capture => $capture, packet => $packet, batch => $batch, dump => $dump, %closed);
}

sub inherited ($of) {
    return (inherited => $of->{capture}, inherited_dump => $of->{dump});
}

sub elsewhere ($of) {
    my %objects = map { ("elsewhere_$_" => $of->{$_}) } qw(packet batch dump);
    return (elsewhere => $of->{capture}, %objects);
}

# Makes the calls that have one of these receivers. Dies with a list of the calls that do not fail with their error.
sub require_refusals ($of, @calls) {
    my @failures;
    for my $call (grep { $of->{ $_->[0] } } @calls) {
        my ($who, $method, $given, $kind, $word, $line) = @$call;
        my @arguments = ref $given eq 'HASH' ? %$given : @$given;
        my $made      = sub { $of->{$who}->$method(@arguments) };
        next if eval {
            if ($kind eq 'nothing') {
                equal(scalar $made->(), undef);
            } else {
                equal(refused($made, $word)->errno, $ERRORS{$kind});
            }
            1;
        };
        push @failures, "$line: $@";
    }
    die @failures if @failures;
}

# Makes calls that are chosen at random, in which odd values replace some arguments. Returns the number of calls for
# each outcome: an error number, or 'returned'.
sub call_at_random ($of, $odd, $count, @calls) {
    @calls = grep { $of->{ $_->[0] } } @calls;
    my $choose  = sub (@from) { $from[rand @from] };
    my $changed = sub ($value) { rand() < 0.5 ? $choose->(@$odd) : $value };
    local $SIG{__WARN__} = sub { die "warned: @_" };
    my %outcomes;
    srand 1;
    for (1 .. $count) {
        my ($who, $method, $given) = @{ $choose->(@calls) };
        my @arguments =
          ref $given eq 'HASH'
          ? map { $_ => $changed->($given->{$_}) } sort keys %$given
          : map { $changed->($_) } @$given;
        push @arguments, map { $choose->(@$odd) } 1 .. rand 3 if rand() < 0.2;
        if ($method =~ /^(?:next|read_batch)$/) {    # a long wait would delay the test
            my $timeout = \$arguments[0];
            $$timeout = 0 if !defined $$timeout || looks_like_number($$timeout) && $$timeout > 0;
        }
        if (eval { $of->{$who}->$method(@arguments); 1 }) {
            $outcomes{returned}++;
        } elsif (blessed $@ && $@->isa('Nflogcap::Error')) {
            $outcomes{ $@->errno }++;
        } else {
            die "$who $method: $@";
        }
    }
    return %outcomes;
}

sub resident_pages () {
    open my $sizes, '<', '/proc/self/statm' or die "statm: $!";
    return (split ' ', <$sizes>)[1];
}

my (%tests, @order);

sub test ($name, $code) {
    push @order, $name;
    $tests{$name} = $code;
}

test 'each wrong call dies with its error' => sub {
    my %here      = receivers('/dev/null');
    my %inherited = inherited(\%here);
    my %elsewhere = elsewhere(\%here);
    my @calls     = calls($here{packet});
    my %who       = map { $_->[0] => 1 } @calls;
    equal([sort keys %who], [sort keys %here, keys %inherited, keys %elsewhere, @NOT_HERE]);
    require_refusals(\%here, @calls);
    in_child(sub { require_refusals(\%inherited, @calls) });
    my $why = threads->create(sub { eval { require_refusals(\%elsewhere, @calls); 'done' } || "$@" })->join;
    equal($why, 'done');
};

test 'no random call does harm' => sub {
    my %here      = receivers('/dev/null');
    my @odd       = (@ODD, @here{ sort keys %here });
    my @calls     = calls($here{packet});
    my $directory = File::Temp->newdir;    # for the files with odd names that calls create
    chdir $directory or die "chdir: $!";
    my (%outcomes, @pages);
    for (0 .. 5) {
        %outcomes = call_at_random(\%here, \@odd, 10000, @calls);
        push @pages, resident_pages();
    }
    chdir '/';
    # A leak makes memory grow in every round. Without a leak, memory may grow in some rounds.
    die "memory grew, in pages: @pages" if 16 < min map { $pages[$_] - $pages[ $_ - 1 ] } 1 .. $#pages;
    die join ' ', %outcomes unless keys %outcomes > 3;
    $here{capture}->close;
    equal(bound_groups(), []);
};

test 'no call in a child does harm to its parent' => sub {
    my $directory = File::Temp->newdir;
    my $path      = "$directory/x.pcap";
    my %here      = receivers($path);
    my ($capture, $dump, $packet) = @here{qw(capture dump packet)};
    with_rule(
        PORT,
        'group 5',
        sub {
            send_udp(PORT, 'three', 'four');
            equal(udp_payload($capture->next(LONG)), 'three');
            $dump->write($packet);
            in_child(
                sub {
                    my %outcomes = call_at_random({ inherited(\%here) }, \@ODD, 1000, calls($packet));
                    die join ' ', %outcomes if $outcomes{returned} || !$outcomes{ +ECHILD };
                    $capture->close;
                    $dump->close;
                    equal([$capture->closed, $dump->closed], [1, 1]);
                }
            );
            send_udp(PORT, 'five');
            equal([map { udp_payload($capture->next(LONG)) } 1 .. 2], ['four', 'five']);
            $dump->write($packet);
            $dump->flush;
            equal([$dump->written, $dump->position], [2, -s $path]);
        }
    );
};

exit run_tests(\%tests, \@order, @ARGV);
