# SPDX-License-Identifier: GPL-2.0-or-later
# Captures a packet in a new network namespace.

use 5.026;
use warnings;
use IO::Socket::INET;
use Test::More;

# The rest of the test runs inside the namespace.
if (!$ENV{NFLOGCAP_TEST_INSIDE}) {
    $ENV{PATH} .= ':/usr/sbin:/sbin';
    my @unshare = $> == 0 ? qw(unshare --net) : qw(unshare --user --map-root-user --net);
    my $why = qx(@unshare true 2>&1);
    if ($? != 0 || system('command -v nft >/dev/null && command -v ip >/dev/null') != 0) {
        my $reason = "no private network namespace, or no nft or ip: $why";
        die $reason if $ENV{NFLOGCAP_REQUIRE_LIVE};
        plan skip_all => $reason;
    }
    $ENV{NFLOGCAP_TEST_INSIDE} = 1;
    exec @unshare, $^X, (map { "-I$_" } @INC), $0 or die "unshare: $!";
}

use_ok('Nflogcap');
is(system('ip', 'link', 'set', 'lo', 'up'), 0, 'lo is up');
is(
    system(
            'nft', 'table ip t { chain c { type filter hook prerouting priority 0; '
          . 'udp dport 4900 log prefix "package" group 5 drop; }; }'
    ),
    0,
    'a rule logs'
);
my $capture = Nflogcap->open(groups => 5);
IO::Socket::INET->new(Proto => 'udp', PeerAddr => '127.0.0.1', PeerPort => 4900)->send('hello');
my $packet = $capture->next(20);
is($packet->prefix,              'package', 'the prefix of the rule');
is(substr($packet->payload, -5), 'hello',   'the payload');
is($capture->stats->lost,        0,         'nothing is lost');
done_testing;
