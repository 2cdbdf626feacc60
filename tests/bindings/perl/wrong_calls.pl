# SPDX-License-Identifier: GPL-2.0-or-later
# What is wrong in every language alike dies with Perl's errors, and no call does harm.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib $FindBin::Bin;
use Errno qw(EBADF EEXIST EINVAL ENOENT ERANGE);
use File::Temp;
use JSON::PP     ();
use List::Util   qw(min);
use Scalar::Util qw(blessed looks_like_number);
use Live;
use Nflogcap;

my %ERRORS = (
    type    => EINVAL,
    value   => EINVAL,
    range   => ERANGE,
    name    => EINVAL,
    exists  => EEXIST,
    missing => ENOENT,
    closed  => EBADF,
);
my @ODD = (
    undef, 1, -1, 0, 5, 2**64, -(2**80), 1.5, 'nan', 9**9**9, '', '5', 'udp', "\0", "\x{100}", "\xff" x 300,
    [], [5, 6], [undef], {}, \1, qr/x/, sub { }, \*STDOUT, bless([], 'Other'),
);

# Who, the method, the arguments, the kind and a word.
sub calls () {
    open my $table, '<', "$FindBin::Bin/../wrong_calls.txt" or die "wrong_calls.txt: $!";
    my @calls;
    for (<$table>) {
        push @calls, [$1, $2, JSON::PP::decode_json($3), $4, $5] if /^(\w+)\s+(\w+)\s+(.+?)\s+(\w+)\s+(\S+)$/;
    }
    return @calls;
}

sub receivers () {
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
    my $dump = Nflogcap->dump_open('/dev/null');
    return (module => 'Nflogcap', capture => $capture, packet => $packet, batch => $batch, dump => $dump, %closed);
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
    my %receivers = receivers();
    my @calls     = calls();
    die 'the table was not read' unless @calls > 50;
    my @failures;
    for my $call (@calls) {
        my ($who, $method, $given, $kind, $word) = @$call;
        my @arguments = ref $given eq 'HASH' ? %$given : @$given;
        my $made      = sub { $receivers{$who}->$method(@arguments) };
        next if eval {
            if ($kind eq 'nothing') {
                equal(scalar $made->(), undef);
            } else {
                equal(refused($made, $word)->errno, $ERRORS{$kind});
            }
            1;
        };
        push @failures, "$who $method " . JSON::PP::encode_json($given) . ": $@";
    }
    die @failures if @failures;
};

test 'no call at random does harm' => sub {
    my $choose    = sub (@from) { $from[rand @from] };
    my %receivers = receivers();
    my @odd       = (@ODD, @receivers{ sort keys %receivers });
    my @calls     = calls();
    my $changed   = sub ($value) { rand() < 0.5 ? $choose->(@odd) : $value };
    my $directory = File::Temp->newdir;    # for files of odd names
    chdir $directory or die "chdir: $!";
    local $SIG{__WARN__} = sub { die "warned: @_" };
    my (%outcomes, @pages);
    for (0 .. 5) {
        srand 1;
        for (1 .. 10000) {
            my ($who, $method, $given) = @{ $choose->(@calls) };
            my @arguments =
              ref $given eq 'HASH'
              ? map { $_ => $changed->($given->{$_}) } sort keys %$given
              : map { $changed->($_) } @$given;
            push @arguments, map { $choose->(@odd) } 1 .. rand 3 if rand() < 0.2;
            if ($method =~ /^(?:next|read_batch)$/) {    # never for long
                my $timeout = \$arguments[0];
                $$timeout = 0 if !defined $$timeout || looks_like_number($$timeout) && $$timeout > 0;
            }
            if (eval { $receivers{$who}->$method(@arguments); 1 }) {
                $outcomes{returned}++;
            } elsif (blessed $@ && $@->isa('Nflogcap::Error')) {
                $outcomes{ $@->errno }++;
            } else {
                die "$who $method: $@";
            }
        }
        push @pages, resident_pages();
    }
    chdir '/';
    # A leak grows in each round alike; by chance memory grows in some.
    die "it grew, in pages: @pages" if 16 < min map { $pages[$_] - $pages[ $_ - 1 ] } 1 .. $#pages;
    die join ' ', %outcomes unless keys %outcomes > 3;
    $receivers{capture}->close;
    equal(bound_groups(), []);
};

exit run_tests(\%tests, \@order, @ARGV);
