# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: a capture that another process continues.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use Errno qw(EBUSY EINVAL ENODATA ERANGE);
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use Live;
use Nflogcap;
use POSIX ();

# This program inherits the descriptors and adopts the capture. It prints two packets, or the error.
my $ADOPTER = <<'PERL';
use Nflogcap;
my $capture = eval { Nflogcap->adopt(\@ARGV, groups => 5) };
if ($capture) {
    my @packets = map { $capture->next } 1 .. 2;
    print join ' ', (map { substr $_->payload, 28 } @packets), $capture->stats->lost;
} else {
    print $@->errno, ' ', $@->message;
}
PERL

# Returns duplicates of the capture's descriptors. Programs that this process starts inherit the duplicates.
sub handed_out ($capture) {
    return map { POSIX::dup($_) // die "dup: $!" } $capture->descriptors;
}

# Hands the capture over, and checks that no packet is left to read.
sub end ($capture) {
    $capture->hand_over;
    equal(scalar $capture->next, undef);
    equal($capture->ended, 1);
    $capture->close;
}

test hand_over => sub {
    with_rule(
        PORT,
        'group 6',
        sub {
            my $capture = Nflogcap->open(groups => [5, 6], tap => 'udp dport ' . PORT, hook => 'output');
            equal([[$capture->groups], $capture->tap_group], [[5, 6], 5]);
            equal(scalar $capture->groups, [5, 6]);
            send_udp(PORT, 0 .. 2);
            $capture->next(LONG) for 1 .. 6;
            equal([map { $capture->expected($_) } 5, 6], [3, 3]);
            my @descriptors = handed_out($capture);
            end($capture);
            send_udp(PORT, 3, 4);
            my $second = Nflogcap->adopt(\@descriptors, snaplen => 96);
            equal([[$second->groups], $second->tap_group], [[5, 6], 5]);
            equal([map { $second->expected($_) } 5, 6], [3, 3]);
            send_udp(PORT, 5);
            my @packets = map { $second->next(LONG) } 1 .. 6;
            for my $group (5, 6) {
                my @of_group = grep { $_->group == $group } @packets;
                equal([map { [$_->seq, udp_payload($_)] } @of_group], [[3, 3], [4, 4], [5, 5]]);
            }
            equal([scalar $second->next(0), $second->stats->lost], [undef, 0]);
            $second->remove_taps;
            equal($second->tap_group, undef);
            $second->close;
            equal(bound_groups(), []);
        }
    );
};

test hand_over_process => sub {
    with_rule(
        PORT,
        'group 5',
        sub {
            my $capture     = Nflogcap->open(groups => 5);
            my @descriptors = handed_out($capture);
            my $said_by_adopter = sub {
                open my $pipe, '-|', $^X, (map { "-I$_" } @INC), '-e', $ADOPTER, @descriptors or die "perl: $!";
                return join '', <$pipe>;
            };
            my $said = $said_by_adopter->();
            die $said unless index($said, EBUSY . ' ') == 0 && $said =~ /process $$\b/;
            send_udp(PORT, 'here');
            equal(udp_payload($capture->next(LONG)), 'here');
            end($capture);
            send_udp(PORT, 'there', 'too');
            equal($said_by_adopter->(), 'there too 0');
            POSIX::close($_) for @descriptors;
            equal(bound_groups(), []);
        }
    );
};

test bad_descriptors => sub {
    my $capture     = Nflogcap->open(groups => 5);
    my @descriptors = handed_out($capture);
    open my $file, '<', '/dev/null' or die "/dev/null: $!";
    for (
        [[],        EINVAL, 'none of the descriptors has the state'],
        [[1234],    EINVAL, 'descriptor 1234 is not open'],
        [[-1],      ERANGE, 'descriptor -1 is out of range'],
        [[2**64],   ERANGE, 'descriptor is out of range'],
        [['five'],  EINVAL, 'descriptor must be an integer, not a string'],
        [5,         EINVAL, 'descriptors must be a reference to an array'],
        [undef,     EINVAL, 'descriptors must be a reference to an array'],
        [[fileno $file],               EINVAL, 'is not the shared memory of a capture'],
        [[@descriptors, fileno $file], EINVAL, 'is neither a netfilter socket'],
    ) {
        my ($wrong, $errno, $words) = @$_;
        equal(refused(sub { Nflogcap->adopt($wrong) }, $words)->errno, $errno);
    }
    end($capture);
    refused(sub { Nflogcap->adopt(\@descriptors, groups => 7) }, 'the groups 5 as one of the groups 7');
    refused(sub { Nflogcap->adopt(\@descriptors, snaplne => 96) }, 'snaplne', 'snaplen');
    my @last;
    with_rule(
        PORT,
        'group 5',
        sub {
            my $second = Nflogcap->adopt(\@descriptors);
            send_udp(PORT, 'as it was');
            equal(udp_payload($second->next(LONG)), 'as it was');
            @last = handed_out($second);
            $second->stop;
            equal(scalar $second->next, undef);
        }
    );
    equal(refused(sub { Nflogcap->adopt(\@last) }, 'it has ended')->errno, ENODATA);
    POSIX::close($_) for @last;
};

test expect => sub {
    with_rule(
        PORT,
        'group 5',
        sub {
            my $capture = Nflogcap->open(groups => 5);
            send_udp(PORT, ('x') x 10);
            $capture->next(LONG) for 1 .. 10;
            for (
                [7,     0,     'group 7', 'not captured'],
                [65536, 0,     'group 65536 is out of range'],
                [5,     -1,    'seq -1 is out of range'],
                [5,     2**32, 'seq 4294967296 is out of range'],
            ) {
                my ($group, $seq, @words) = @$_;
                refused(sub { $capture->expect($group, $seq) }, @words);
            }
            refused(sub { $capture->expected(7) }, 'not captured');
            $capture->expect(5, 6);
            my @descriptors = handed_out($capture);
            end($capture);
            my $second = Nflogcap->adopt(\@descriptors);
            equal($second->expected(5), 6);
            $second->expect(5, 8);
            send_udp(PORT, 'x');
            my $packet = $second->next(LONG);
            equal([$packet->seq, $packet->lost_before, $second->stats->lost], [10, 2, 2]);
            @descriptors = handed_out($second);
            $second->expect(5, 7);
            end($second);
            my $third = Nflogcap->adopt(\@descriptors);
            send_udp(PORT, 'x');
            $packet = $third->next(LONG);
            equal([$packet->seq, $packet->lost_before, $third->stats->lost], [11, 4, 4]);
        }
    );
};

exit run(@ARGV);
