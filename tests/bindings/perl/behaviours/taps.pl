# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: taps.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use Live;
use Nflogcap;

sub ruleset () {
    local $ENV{LD_PRELOAD} = '';
    return scalar `nft list ruleset`;
}

test tap => sub {
    my $before = ruleset();
    my $udp    = 'udp dport ' . PORT;
    for ([$udp, 1], [[$udp, 'udp dport { ' . PORT . ', 9 }'], 2]) {
        my ($taps, $copies) = @$_;
        my $capture = Nflogcap->open(tap => $taps, hook => 'output', snaplen => 96);
        equal($capture->tap_group, 65535);
        send_udp(PORT, 'tapped');
        for (1 .. $copies) {
            my $packet = $capture->next(LONG);
            equal([$packet->group, $packet->hook, udp_payload($packet)], [65535, 3, 'tapped']);
        }
        equal(index(ruleset(), 'nflogcap-65535') >= 0, 1);
    }
    equal(Nflogcap->open(groups => 5, tap => $udp, hook => 'ingress:lo')->tap_group, 5);
    my $all = Nflogcap->open(tap => '');
    send_udp(PORT, 'anything');
    equal([map { $all->next(LONG)->hook } 1 .. 2], [3, 0]);
    $all->close;
    equal(Nflogcap->open(groups => 5)->tap_group, undef);
    equal(ruleset(), $before);
};

test bad_tap => sub {
    for (
        [{ tap => 'udp dprt 9' },        'nft says', "at 'dprt'"],
        [{ tap => 'udp dport 9 drop' },  "at 'drop'"],
        [{ tap => 'meta mark set 5' },   'does more than match'],
        [{ tap => 'udp dport 9; drop' }, 'this one contains ;'],
        [{ tap => "udp dport 9\0" },     'tap contains a NUL'],
        [{ tap => {} },                  'tap must be a string'],
        [{ tap => ['udp', undef] },      'tap must be a string'],
        [{ tap => 'udp', hook => 'somewhere' },    "cannot tap at 'somewhere'"],
        [{ tap => 'udp', hook => "input\0" },      'hook contains a NUL'],
        [{ tap => 'udp', hook => [] },             'hook must be a string'],
        [{ tap => 'udp', hook => 'ingress:eth7' }, 'no such device'],
        [{ groups => 5,  hook => 'input' },        'has no tap'],
        [{ tap => [] },                            'no group'],
      )
    {
        my ($options, @words) = @$_;
        refused(sub { Nflogcap->open(%$options) }, @words);
    }
    equal(bound_groups(), []);
    equal(ruleset(),      '');
};

test change_taps => sub {
    my $udp = 'udp dport ' . PORT;
    with_rule(
        PORT + 1,
        'group 6',
        sub {
            my $capture = Nflogcap->open(groups => 6);
            equal($capture->tap_group, undef);
            $capture->add_tap(
                $udp,
                hook         => 'output',
                tap_prefix   => 'tap: ',
                tap_priority => 'raw',
                tap_sample   => 2
            );
            equal($capture->tap_group,                     6);
            equal(index(ruleset(), 'priority raw') >= 0, 1);
            send_udp(PORT, 'sampled') for 1 .. 4;
            equal([map { $capture->next(LONG)->prefix } 1 .. 2], [('tap: ') x 2]);
            $capture->add_tap($udp, hook => 'input', tap_limit => '1/day burst 3 packets');
            $capture->remove_tap($udp, hook => 'output');
            send_udp(PORT, 'limited') for 1 .. 5;
            equal([map { $capture->next(LONG)->prefix } 1 .. 3], [('') x 3]);
            my $before = ruleset();

            for (
                ['udp dprt 9', {}, 'nft says'],
                [$udp, { hook         => 'somewhere' }, "cannot tap at 'somewhere'"],
                [$udp, { tap_limit    => 'often' },     "the limit 'often'"],
                [$udp, { tap_priority => 'late' },      "the priority 'late'"],
                [$udp, { tap_prefix   => 'x' x 128 },   'up to 127 bytes'],
                [$udp, { tap_sample   => 0 },           'tap_sample'],
                [$udp, { tap_sample   => [] },          'tap_sample must be an integer'],
                [$udp, { hok          => 'input' },     "no option 'hok'"],
                [[], {}, 'tap must be a string'],
              )
            {
                my ($match, $options, @words) = @$_;
                refused(sub { $capture->add_tap($match, %$options) }, @words);
            }
            refused(sub { $capture->remove_tap($udp, hook => 'output') },
                'no tap has this match and hook');
            equal(ruleset(), $before);
            send_udp(PORT + 1, 'goes on');
            equal(udp_payload($capture->next(LONG)), 'goes on');
            $capture->remove_tap($udp, hook => 'input');
            equal([$capture->tap_group, scalar $capture->next(0)], [undef, undef]);
        }
    );
};

exit run(@ARGV);
