# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: opening a capture, and the errors of open.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use Live;
use Nflogcap;
use Time::HiRes qw(sleep);

use constant EPERM => 1;

test open => sub {
    for my $groups (5, [5]) {
        logged { groups => $groups }, 'group 5', sub ($capture) {
            send_udp(PORT, 1 .. 100);
            equal([map { udp_payload($capture->next(LONG)) } 1 .. 100], [1 .. 100]);
        };
    }
};

test busy_group => sub {
    my $capture = Nflogcap->open(groups => 5);
    my $why = refused(sub { Nflogcap->open(groups => [6, 5]) }, 'group 5', '(this process)');
    equal($why->errno,    EPERM);
    equal(bound_groups(), [5]);
};

test permission => sub {
    equal(refused(sub { Nflogcap->open(groups => 5) }, 'CAP_NET_ADMIN', 'group 5')->errno, EPERM);
};

test options => sub {
    my %options = (
        groups          => 5,
        snaplen         => 24,
        delivery        => Nflogcap::IMMEDIATE,
        queue_threshold => 1,
        flush_timeout   => 0,
        batch_size      => 8192,
        socket_buffer   => 65536,
        conntrack       => 0,
        netns           => '/proc/self/ns/net',
        filter          => 'udp',
    );
    logged \%options, 'group 5', sub ($capture) {
        send_udp(PORT, 'x' x 100);
        my $packet = $capture->next(LONG);
        equal([length $packet->payload,        $packet->wire_length],          [24, 128]);
        equal([$capture->stats->delivery, $capture->stats->socket_buffer], [1, 2 * 65536]);
        equal($capture->stats->socket_buffer_used, 0);
    };
};

test bad_values => sub {
    for (
        [{ groups => 'five' }, "cannot set the groups to 'five': it must be 0 to 65535"],
        [{ groups => undef },  'no group'],
        [{ groups => {} },     'groups must be an integer, not a reference'],
        [{ groups => 5.5 },            "cannot set the groups to '5.5'"],
        [{ groups => 'nan' },          "cannot set the groups to 'nan'"],
        [{ groups => [5, 'x'] },       "cannot set the groups to 'x'"],
        [{ groups => [5, undef] },     'groups must be an integer, not undef'],
        [{ groups => [5, []] },        'groups must be an integer, not a reference'],
        [{ groups => -1 },             'cannot set the groups to -1: it must be 0 to 65535'],
        [{ groups => 65536 },          'cannot set the groups to 65536'],
        [{ groups => 1e300 },          'cannot set the groups to'],
        [{ groups => ~0 },             'cannot set the groups to'],
        [{ groups => [] },             'no group'],
        [{ groups => [5, 5] },         'group 5: it was added before'],
        [{ groups => 5, snaplen       => -1 },              'cannot set the snaplen to -1: it must be 0 to 65531 bytes'],
        [{ groups => 5, snaplen       => 65532 },           'cannot set the snaplen to 65532'],
        [{ groups => 5, snaplen       => 9.5 },             "cannot set the snaplen to '9.5'"],
        [{ groups => 5, socket_buffer => 2**64 },           'cannot set the socket_buffer to 18446744073709551616'],
        [{ groups => 5, delivery      => 77 },              '77'],
        [{ groups => 5, netns         => [] },              'netns must be a string'],
        [{ groups => 5, netns         => '/no/such/file' }, '/no/such/file'],
      )
    {
        my ($options, $words) = @$_;
        refused(sub { Nflogcap->open(%$options) }, $words);
    }
    refused(sub { Nflogcap->open(5) }, 'by name');
    equal(bound_groups(), []);
};

test unknown_option => sub {
    refused(sub { Nflogcap->open(groups => 5, snap_len => 96) }, "'snap_len'", "'snaplen'");
    equal(bound_groups(), []);
};

test netns => sub {
    local $ENV{LD_PRELOAD} = '';
    my $holder = fork // die "fork: $!";
    exec 'unshare', '--net', 'sleep', '60' unless $holder;
    my $path = "/proc/$holder/ns/net";
    my $done = eval {
        my $here = readlink '/proc/self/ns/net';
        sleep 0.001 while (readlink $path) eq $here;
        my @inside = ('nsenter', "--net=$path");
        my $rules  = 'table ip t { chain c { type filter hook output priority 0; udp dport '
          . PORT . ' log group 5; }; }';
        system(@inside, qw(ip link set lo up)) == 0 or die 'ip';
        system(@inside, 'nft', $rules) == 0         or die 'nft';
        my $capture = Nflogcap->open(groups => 5, netns => $path);
        my $here_it_is_free = Nflogcap->open(groups => 5);
        system(@inside, split(' ', $ENV{NFLOGCAP_TEST_SEND_UDP}), PORT, '6869') == 0 or die 'send';
        equal(udp_payload($capture->next(LONG)), 'hi');
        1;
    };
    my $why = $@;
    kill KILL => $holder;
    waitpid $holder, 0;
    die $why unless $done;
};

exit run(@ARGV);
