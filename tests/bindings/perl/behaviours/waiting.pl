# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: waiting for packets, and ending a wait.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use Live;
use Nflogcap;
use IO::Select;
use Time::HiRes qw(alarm time);

test timeout => sub {
    my $capture = Nflogcap->open(groups => 5);
    for my $timeout (0, 0.05, '0.05') {
        my $before = time;
        equal(scalar $capture->next($timeout), undef);
        my $took = time - $before;
        die "the wait took $took seconds" unless $took >= $timeout - 0.001 && $took < $timeout + 5;
    }
    refused(sub { $capture->next(-1) },    'timeout -1 is out of range');
    refused(sub { $capture->next('nan') }, 'timeout');
    refused(sub { $capture->next('x') },   'a number of seconds');
    refused(sub { $capture->next([]) },    'a number of seconds');
    equal($capture->ended ? 1 : 0, 0);
};

test wakeup => sub {
    logged { groups => 5 }, 'group 5', sub ($capture) {
        $capture->wakeup for 1 .. 2;
        equal([scalar $capture->next(LONG), $capture->ended ? 1 : 0], [undef, 0]);
        # Here a signal handler calls wakeup while next waits.
        local $SIG{ALRM} = sub { $capture->wakeup };
        alarm 0.1;
        equal(scalar $capture->next, undef);
        send_udp(PORT, 'still there');
        equal(udp_payload($capture->next(LONG)), 'still there');
    };
};

test interrupt => sub {
    my $capture = Nflogcap->open(groups => 5);
    local $SIG{INT} = sub { die "interrupted\n" };
    for my $wait (sub { $capture->next }, sub { $capture->next(LONG) }) {
        local $SIG{ALRM} = sub { kill INT => $$ };
        alarm 0.1;
        equal(raises($wait), "interrupted\n");
    }
    # If the handler returns, next continues to wait.
    my $seen = 0;
    local $SIG{ALRM} = sub { $seen++ };
    alarm 0.05;
    equal([scalar $capture->next(0.2), $seen], [undef, 1]);
};

test rejected_flood => sub {
    # Each term matches no packet, and makes the filter slower.
    my $slow = join ' or ', map { my $at = $_; map { "udp[$at] = $_" } 1 .. 8 } 16 .. 71;
    logged { groups => 5, filter => $slow }, 'group 5', sub ($capture) {
        my $flood = fork // die "fork: $!";
        exec split(' ', $ENV{NFLOGCAP_TEST_SEND_UDP}), PORT, '--count', 100_000_000 unless $flood;
        my $done = eval {
            while ($capture->stats->filtered < 10_000) { equal(scalar $capture->next(0.1), undef) }
            my $begun = time;
            equal([$capture->next(0), $capture->next(0.2)], []);
            local $SIG{ALRM} = sub { die "interrupted\n" };
            alarm 0.2;
            equal(raises(sub { $capture->next(LONG) }), "interrupted\n");
            my $took = time - $begun;
            die "the waits took $took s" unless $took >= 0.4 && $took < 5;
            1;
        };
        my $why = $@;
        kill KILL => $flood;
        waitpid $flood, 0;
        die $why unless $done;
    };
};

test event_wait => sub {
    logged { groups => 5 }, 'group 5', sub ($capture) {
        my $select = IO::Select->new($capture->fileno);
        equal([$select->can_read(0)], []);
        send_udp(PORT, 0 .. 9);
        for my $number (0 .. 9) {    # all 10 packets arrive in one batch, and the library queues them
            equal([$select->can_read(LONG)], [$capture->fileno]);
            equal(udp_payload($capture->next(0)), $number);
        }
        vec(my $watched = '', $capture->fileno, 1) = 1;
        equal(scalar select($watched, undef, undef, 0.05), 0);
        $capture->stop;
        equal([$select->can_read(LONG)], [$capture->fileno]);
    };
};

exit run(@ARGV);
