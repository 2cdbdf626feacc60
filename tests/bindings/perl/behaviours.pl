# SPDX-License-Identifier: GPL-2.0-or-later
# The behaviours of ../behaviours.txt, in Perl.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use File::Temp;
use FindBin;
use lib $FindBin::Bin;
use IO::Select;
use JSON::PP ();
use Live;
use Nflogcap;
use Scalar::Util ();
use Time::HiRes qw(alarm sleep time);

use constant { LO => 1, EPERM => 1, EBADMSG => 74, NFULA_TIMESTAMP => 3, NFULA_SEQ => 12, NFULA_SEQ_GLOBAL => 13 };

my (%tests, @order);

sub test ($name, $code) {
    push @order, $name;
    $tests{$name} = $code;
}

sub logged ($options, $log, $code, %how) {
    with_rule(PORT, $log, sub { $code->(Nflogcap->open(%$options)) }, %how);
}

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

test filter => sub {
    logged { groups => 5, filter => 'udp[8] = 0x61' }, 'group 5', sub ($capture) {
        my $payload = sub { udp_payload($capture->next(LONG)) };
        send_udp(PORT, qw(b a1 b a2 b3 a4));
        equal([$payload->(), $payload->()], [qw(a1 a2)]);
        $capture->set_filter('udp[8] = 0x62');
        equal($payload->(), 'b3');
        for my $none (undef, '') {
            $capture->set_filter('tcp');
            send_udp(PORT, 'c');
            equal(scalar $capture->next(0.1), undef);
            $capture->set_filter($none);
            send_udp(PORT, 'd');
            equal($payload->(), 'd');
        }
        my $stats = $capture->stats;
        equal([map { $stats->$_ } qw(received delivered filtered lost)], [10, 5, 5, 0]);
    };
};

test wrong_filter => sub {
    refused(sub { Nflogcap->open(groups => 5, filter => 'udp prt 53') },
        "'udp prt 53'", 'syntax error');
    equal(bound_groups(), []);
    logged { groups => 5, filter => 'udp[8] = 0x61' }, 'group 5', sub ($capture) {
        for (
            ['udp prt 53',  'syntax error'],
            ['udp and tcp', 'rejects all packets'],
            ["udp\0port",   'NUL'],
            [[],            'filter must be a string, not a reference'],
          )
        {
            my ($wrong, $words) = @$_;
            refused(sub { $capture->set_filter($wrong) }, $words);
        }
        send_udp(PORT, qw(b a));
        equal(udp_payload($capture->next(LONG)), 'a');
    };
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
        [{ tap => 'udp dport 9; drop' }, 'this has ;'],
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

test iterate => sub {
    logged { groups => 5 }, 'group 5', sub ($capture) {
        send_udp(PORT, 1 .. 1000);
        $capture->stop;
        my @payloads;
        while (my $packet = $capture->next) { push @payloads, udp_payload($packet) }
        equal(\@payloads,      [1 .. 1000]);
        equal($capture->ended, 1);
        equal(scalar $capture->next, undef);
    };
};

test close_in_loop => sub {
    logged { groups => 5 }, 'group 5', sub ($capture) {
        send_udp(PORT, 'first', 'second');
        my @taken;
        while (my $packet = $capture->next) {
            push @taken, udp_payload($packet);
            $capture->close;
        }
        equal(\@taken, ['first']);
    };
    my $capture = Nflogcap->open(groups => 5);
    local $SIG{ALRM} = sub { $capture->close };
    alarm 1;
    while ($capture->next) { die 'there is no packet' }
    equal($capture->ended, 1);
};

test error_in_loop => sub {
    logged { groups => 5 }, 'group 5', sub ($capture) {
        send_udp(PORT, 'first', 'second');
        raises(
            sub {
                while (my $packet = $capture->next) {
                    equal(udp_payload($packet), 'first');
                    die "mine\n";
                }
            },
            "mine\n"
        );
        equal(udp_payload($capture->next(LONG)), 'second');
    };
};

test several_groups => sub {
    with_rule(
        PORT + 1,
        'group 65535',
        sub {
            logged { groups => [5, 65535] }, 'group 5', sub ($capture) {
                send_udp(PORT, 'a', 'b');
                send_udp(PORT + 1, 'c');
                my %seen = (5 => '', 65535 => '');
                for (1 .. 3) {
                    my $packet = $capture->next(LONG);
                    $seen{ $packet->group } .= udp_payload($packet);
                }
                equal([@seen{5, 65535}], ['ab', 'c']);
                equal([map { $capture->group_stats($_)->received } 5, 65535], [2, 1]);
                equal($capture->stats->received, 3);
                refused(sub { $capture->group_stats(7) }, 'group 7');
                refused(sub { $capture->group_stats(undef) }, 'group must be an integer, not undef');
            };
        }
    );
};

test absent_fields => sub {
    logged { groups => 5 }, 'group 5', sub ($capture) {
        send_and_ignore_refusal(PORT, 'hi');
        my $packet = $capture->next(LONG);
        equal([$packet->uid, $packet->gid, $packet->outdev, $packet->prefix], [0, 0, LO, '']);
        for my $name (qw(ct hw_address hw_header hw_type indev indev_name mark vlan_tci)) {
            equal($packet->$name, undef);
            equal([exists $packet->to_hash->{$name}, $packet->to_hash->{$name}], [!!1, undef]);
        }
        equal($packet->present & Nflogcap::HAS_MARK, 0);
        equal($packet->present & Nflogcap::HAS_UID,  Nflogcap::HAS_UID);
        equal($packet->attribute(2),                 undef);
        refused(sub { $packet->attribute(65536) }, 'type 65536 is out of range');
        refused(sub { Nflogcap::Packet::mark(5) }, 'this is no packet');
        refused(sub { Nflogcap::Packet::mark(bless \my $bogus, 'Nflogcap::Packet') }, 'no packet');
        refused(sub { Nflogcap::stop($packet) }, 'this is no capture');
        $$packet = 5;    # which is nothing to it
        equal($packet->uid, 0);
    }, hook => 'output';
};

sub logged_packet ($log = 'group 5', $payload = 'x') {
    my $packet;
    logged { groups => 5 }, $log, sub ($capture) {
        send_udp(PORT, $payload);
        $packet = $capture->next(LONG);
    };
    return $packet;
}

test unknown_field => sub {
    my $packet = logged_packet();
    raises(sub { $packet->payloda }, 'payloda');
};

test dissection => sub {
    my $packet = logged_packet();
    equal([$packet->source,   $packet->destination,      $packet->ip_version],       ['127.0.0.1', '127.0.0.1', 4]);
    equal([$packet->protocol, $packet->destination_port, $packet->transport_offset], [17, PORT, 20]);
    equal($packet->source_port, unpack 'n', substr $packet->payload, 20);
    equal([$packet->tcp_flags, $packet->icmp_type, $packet->vlan_ids, $packet->fragment_id], [(undef) x 4]);
    my $capture = Nflogcap->open(groups => 5, tap => 'icmp', hook => 'output');
    send_udp(PORT, 'nobody listens');
    my $refusal = $capture->next(LONG);
    equal([$refusal->protocol,    $refusal->icmp_type, $refusal->icmp_code], [1, 3, 3]);
    equal([$refusal->source_port, $refusal->to_hash->{icmp_type}],           [undef, 3]);
};

test text => sub {
    my $packet = logged_packet('prefix "web: " group 5');
    my $line   = "$packet";
    for my $part ('group 5', 'web: ', 'in lo', 'UDP 127.0.0.1:', ' > 127.0.0.1:' . PORT) {
        index($line, $part) >= 0 or die $line;
    }
    equal([$line =~ /\n/, !!$packet, $packet == $packet, $packet eq $line], [!!1, !!1, !!1]);
};

test json => sub {
    my $packet = logged_packet(qq(prefix "\xff\\\\" group 5), "\0");
    my $said   = JSON::PP::decode_json($packet->to_json);
    for my $name (qw(group timestamp_ns source destination_port indev_name wire_length)) {
        equal($said->{$name}, $packet->$name);
    }
    equal(pack('H*', $said->{payload}), $packet->payload);
    equal([exists $said->{icmp_type}, $packet->to_json =~ /\n/], [!!0]);
    my $codec = JSON::PP->new->utf8->canonical->convert_blessed;
    equal($codec->encode([$packet]), $codec->encode([$said]));
};

# Calls the code with a capture for which the kernel has a batch of these payloads.
sub batched ($payloads, $code, %how) {
    logged { groups => 5, flush_timeout => 3600000 }, 'group 5', sub ($capture) {
        send_udp(PORT, @$payloads);
        $capture->stop;    # the kernel delivers what it gathered
        $code->($capture);
    }, %how;
}

test batch => sub {
    my $batch;
    batched [0 .. 99], sub ($capture) {
        $batch = $capture->read_batch(LONG);
        equal([$capture->read_batch(LONG), $capture->ended], [1]);
        equal(scalar $capture->read_batch, undef);
    }, before => 'meta mark set 7';
    equal([$batch->size, map { udp_payload($_) } $batch->packets], [100, 0 .. 99]);
    equal([map { udp_payload($batch->packet($_)) } 0, 99, -1, -100], [0, 99, 99, 0]);
    equal([map { substr $_, 28 } $batch->payloads], [0 .. 99]);
    for my $field (@Nflogcap::Packet::FIELDS) {
        my @values = map { $_->$field } $batch->packets;
        equal([$batch->column($field)], \@values);
        equal(scalar $batch->column($field), \@values);
    }
    equal([[$batch->column('mark')]->[50], scalar @{ $batch->payloads }, scalar @{ $batch->packets }], [7, 100, 100]);
    refused(sub { $batch->column($_->[0]) }, $_->[1])
      for ['marc', "there is no field 'marc'; did you mean 'mark'"], ["mark\0", 'NUL'], [undef, 'not undef'], [[], 'not a reference'];
    refused(sub { $batch->packet($_->[0]) }, $_->[1])
      for [100, 'index 100 is out of range: -100 to 99'], [-101, 'index -101'], [undef, 'index must be an integer'];
    my $packet = $batch->packet(5);
    undef $batch;
    equal([udp_payload($packet), $packet->indev_name], [5, 'lo']);
    my $capture = Nflogcap->open(groups => 5);
    $capture->wakeup;
    equal([$capture->read_batch(LONG), $capture->read_batch(0), $capture->ended ? 1 : 0], [0]);
};

test loop_of_batches => sub {
    batched [0 .. 999], sub ($capture) {
        my @payloads;
        while (my $batch = $capture->read_batch) { push @payloads, map { udp_payload($_) } $batch->packets }
        equal([@payloads, $capture->ended], [0 .. 999, 1]);
    };
    batched ['first', 'second'], sub ($capture) {
        my $count = 0;
        while (my $batch = $capture->read_batch) {
            $count += $batch->size;
            $capture->close;
        }
        equal($count, 2);
    };
};

test all_fields => sub {
    my $packet = logged_packet('prefix "all: " group 5');
    my $fields = $packet->to_hash;
    equal([sort keys %$fields], [sort @Nflogcap::Packet::FIELDS]);
    equal($fields->{$_}, $packet->$_) for keys %$fields;
    equal([@$fields{qw(prefix group indev_name icmp_type)}], ['all: ', 5, 'lo', undef]);
};

test hostile_text => sub {
    my $hostile = "a\x1b[31m\xc2\x9b\xe2\x80\xae\x7f";
    my $escaped = 'a\x1b[31m\xc2\x9b\xe2\x80\xae\x7f';
    my $harmless = sub ($text) {
        die sprintf '%vd controls a terminal', $text if $text =~ /[\x00-\x1f\x7f\x9b\xae]/;
    };
    my $packet  = logged_packet("prefix \"$hostile\" group 5");
    my $capture = Nflogcap->open(groups => 5);
    for my $call (
        sub { Nflogcap->open(groups => $hostile) },
        sub { Nflogcap->open(groups => 6, snaplen  => $hostile) },
        sub { Nflogcap->open(groups => 6, filter   => $hostile) },
        sub { Nflogcap->open(groups => 6, delivery => $hostile) },
        sub { Nflogcap->open(groups => 6, tap      => 'udp', hook => $hostile) },
        sub { Nflogcap->open(groups => 6, netns    => "/no/such/$hostile") },
        sub { Nflogcap->open(groups => 6, $hostile => 1) },
        sub { Nflogcap->open(savefile => "/no/such/$hostile") },
        sub { Nflogcap->dump_open("/no/such/$hostile") },
        sub { $capture->set_filter($hostile) },
      )
    {
        $harmless->(refused($call, $escaped)->message);
    }
    for my $call (
        sub { $capture->next($hostile) },
        sub { $capture->group_stats($hostile) },
        sub { $packet->attribute($hostile) },
      )
    {
        $harmless->(refused($call, 'not a string')->message);
    }
    equal($packet->prefix, $hostile);
    index("$packet", $escaped) >= 0 or die 'not escaped';
    $harmless->("$packet");
    $harmless->($packet->to_json);
    equal($packet->TO_JSON->{prefix}, "a\x1b[31m\x{9b}\x{202e}\x7f");
};

test interface_names => sub {
    my ($incoming, $outgoing);
    with_rule(
        PORT + 1,
        'group 5',
        sub {
            logged { groups => 5 }, 'group 5', sub ($capture) {
                send_udp(PORT, 'in');
                $incoming = $capture->next(LONG);
                send_and_ignore_refusal(PORT + 1, 'out');
                $outgoing = $capture->next(LONG);
                $capture->close;
            };
        },
        hook => 'output'
    );
    equal([$incoming->indev,  $incoming->indev_name,  $incoming->outdev_name], [LO, 'lo', undef]);
    equal([$outgoing->outdev, $outgoing->outdev_name, $outgoing->indev_name],  [LO, 'lo', undef]);
};

test binary_payload => sub {
    my $payload = join('', map { chr } 0 .. 255) . "\0\0";
    logged { groups => 5 }, "prefix \"a\xff\x80b\" group 5", sub ($capture) {
        send_udp(PORT, $payload);
        my $packet = $capture->next(LONG);
        equal(udp_payload($packet), $payload);
        equal([utf8::is_utf8($packet->payload) ? 1 : 0, $packet->prefix], [0, "a\xff\x80b"]);
        equal($packet->frame, $packet->hw_header . $packet->payload);
    };
};

test big_integers => sub {
    logged { groups => 5 }, 'group 5', sub ($capture) {
        send_udp(PORT, 'a', 'b');
        for my $number (0, 1) {
            my $packet = $capture->next(LONG);
            my ($seconds, $microseconds) = unpack 'Q>Q>', $packet->attribute(NFULA_TIMESTAMP);
            equal($packet->timestamp_ns, $seconds * 10**9 + $microseconds * 1000);
            equal(length $packet->timestamp_ns, 19);
            die "$seconds is long ago" unless abs($seconds - time) < 60;
            equal([$packet->mark, $packet->seq], [0xffffffff, $number]);
            equal(pack('N', $packet->seq),        $packet->attribute(NFULA_SEQ));
            equal(pack('N', $packet->seq_global), $packet->attribute(NFULA_SEQ_GLOBAL));
        }
    }, before => 'meta mark set 0xffffffff';
};

test timeout => sub {
    my $capture = Nflogcap->open(groups => 5);
    for my $timeout (0, 0.05, '0.05') {
        my $before = time;
        equal(scalar $capture->next($timeout), undef);
        my $took = time - $before;
        die "$took seconds" unless $took >= $timeout - 0.001 && $took < $timeout + 5;
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
        # from a signal handler, while it waits
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
    # A handler that returns lets it wait on.
    my $seen = 0;
    local $SIG{ALRM} = sub { $seen++ };
    alarm 0.05;
    equal([scalar $capture->next(0.2), $seen], [undef, 1]);
};

test rejected_flood => sub {
    # Each term is true of no packet, and costs time.
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
            die "it took $took s" unless $took >= 0.4 && $took < 5;
            1;
        };
        my $why = $@;
        kill KILL => $flood;
        waitpid $flood, 0;
        die $why unless $done;
    };
};

test stop => sub {
    logged { groups => 5, flush_timeout => 3600000 }, 'group 5', sub ($capture) {
        send_udp(PORT, 'held');
        $capture->stop;
        equal([udp_payload($capture->next(LONG)), $capture->ended ? 1 : 0], ['held', 0]);
        equal([scalar $capture->next, $capture->ended], [undef, 1]);
        equal(scalar $capture->next, undef);
    };
};

test loss => sub {
    my $sent = 20000;
    logged { groups => 5, socket_buffer => 4096, batch_size => 4096 }, 'group 5', sub ($capture) {
        send_count(PORT, $sent);
        sleep 0.1;    # the kernel flushes what it gathered
        my ($seen, $lost) = (0, 0);
        my $count = sub ($packet) { $seen++; $lost += $packet->lost_before };
        while (my $packet = $capture->next(0)) { $count->($packet) }
        send_udp(PORT, 'the last shows the gap before it');
        $capture->stop;
        while (my $packet = $capture->next) { $count->($packet) }
        die 'nothing was lost' unless $capture->stats->lost > 0;
        equal($seen + $lost, $sent + 1);
        equal([$capture->stats->received, $capture->stats->lost], [$seen, $lost]);
    };
};

test event_wait => sub {
    logged { groups => 5 }, 'group 5', sub ($capture) {
        my $select = IO::Select->new($capture->fileno);
        equal([$select->can_read(0)], []);
        send_udp(PORT, 0 .. 9);
        for my $number (0 .. 9) {    # what the kernel delivers in one batch is queued in the library
            equal([$select->can_read(LONG)], [$capture->fileno]);
            equal(udp_payload($capture->next(0)), $number);
        }
        vec(my $watched = '', $capture->fileno, 1) = 1;
        equal(scalar select($watched, undef, undef, 0.05), 0);
        $capture->stop;
        equal([$select->can_read(LONG)], [$capture->fileno]);
    };
};

test two_captures => sub {
    with_rule(
        PORT + 1,
        'group 6',
        sub {
            logged { groups => 5 }, 'group 5', sub ($first) {
                my $second = Nflogcap->open(groups => 6);
                send_udp(PORT + 1, 'second');
                send_udp(PORT, 'first');
                equal(udp_payload($first->next(LONG)),  'first');
                equal(udp_payload($second->next(LONG)), 'second');
                equal([$first->next(0), $second->next(0)], []);
            };
        }
    );
};

test packet_outlives => sub {
    my $packet;
    logged { groups => 5 }, 'prefix "kept: " group 5', sub ($capture) {
        send_udp(PORT, 'kept');
        $packet = $capture->next(LONG);
    };
    equal(bound_groups(), []);
    equal([udp_payload($packet), $packet->prefix, $packet->group], ['kept', 'kept: ', 5]);
    equal(substr($packet->frame, -4), 'kept');
};

# Calls the code with a savefile of a packet to each of the groups, and with the packets.
sub recorded ($groups, $code) {
    my @packets;
    for my $group (@$groups) {
        logged { groups => $group }, qq(prefix "kept: " group $group), sub ($capture) {
            send_udp(PORT, 'x' x 100);
            push @packets, $capture->next(LONG);
        };
    }
    my $directory = File::Temp->newdir;
    my $path      = "$directory/x.pcap";
    my $dump = Nflogcap->dump_open($path);
    $dump->write($_) for @packets;
    equal($dump->written, 0);
    $dump->flush;
    equal($dump->written, scalar @packets);
    equal($dump->position, -s $path);
    $dump->close;
    $code->($path, @packets);
}

sub groups_of ($capture) {
    my @groups;
    while (my $packet = $capture->next) { push @groups, $packet->group }
    return \@groups;
}

sub fields_of ($packet) {
    return [map { $packet->$_ } grep { !/_name$/ } @Nflogcap::Packet::FIELDS];
}

test savefile => sub {
    recorded [5, 5], sub ($path, @packets) {
        my $capture = Nflogcap->open(savefile => $path);
        for my $packet (@packets) {
            my $again = $capture->next;
            equal(fields_of($again), fields_of($packet));
            equal($again->indev_name, undef);
        }
        equal([scalar $capture->next, $capture->ended], [undef, 1]);
    };
};

test savefile_groups => sub {
    recorded [5, 6, 5], sub ($path, @) {
        my $capture = Nflogcap->open(groups => 5, savefile => $path);
        equal(groups_of($capture), [5, 5]);
        my $stats = $capture->stats;
        equal([$stats->received, $stats->delivered, $stats->filtered, $stats->lost], [3, 2, 1, 0]);
        equal(groups_of(Nflogcap->open(savefile => $path)), [5, 6, 5]);
    };
};

test parse_packet => sub {
    recorded [5], sub ($path, $packet) {
        open my $file, '<:raw', $path or die "$path: $!";
        my $content = do { local $/ = undef; <$file> };
        my $record  = substr $content, 40;
        my $again   = Nflogcap->parse_packet($record, $packet->timestamp_ns);
        equal(fields_of($again), fields_of($packet));
        equal([$again->indev_name, $again->frame], [undef, $packet->frame]);
        equal(Nflogcap->parse_packet(substr($record, 0, -8), 7)->timestamp_ns, 7);
        refused(sub { Nflogcap->parse_packet($_, 1) }, 'no record of LINKTYPE_NFLOG')
          for '', 'no record at all', $content;
        refused(sub { Nflogcap->parse_packet($record, -1) }, 'timestamp_ns -1 is out of range');
        refused(sub { Nflogcap->parse_packet([],    1) },  'record must be a string');
        refused(sub { Nflogcap->parse_packet(undef, 1) },  'record must be a string');
        refused(sub { Nflogcap->parse_packet($record, $_) }, 'timestamp_ns must be an integer')
          for undef, [], 'one';
    };
};

test savefile_damaged => sub {
    recorded [5, 5], sub ($path, @) {
        truncate $path, (-s $path) - 3 or die "truncate: $!";
        my $capture = Nflogcap->open(savefile => $path);
        equal($capture->next->group, 5);
        my $why = refused(sub { $capture->next }, $path, 'beyond packet 1', 'truncated');
        equal($why->errno, EBADMSG);
        equal([scalar $capture->next, $capture->ended], [undef, 1]);
    };
};

test savefile_refused => sub {
    for (
        ['/no/such/file', '/no/such/file'],
        ['/dev/null',     'pcap or pcapng'],
        ['',              'the path is empty'],
        ["nul\0",         'savefile contains a NUL'],
        [[],              'savefile must be a string, not a reference'],
      )
    {
        my ($path, $words) = @$_;
        refused(sub { Nflogcap->open(savefile => $path) }, $words);
    }
    for (
        ['/no/such/directory/x', 'cannot create the savefile /no/such/directory/x'],
        ['/dev/full',            'No space left on device'],
        ["nul\0",                'path contains a NUL'],
        [undef,                  'path must be a string, not undef'],
      )
    {
        my ($path, $words) = @$_;
        refused(sub { Nflogcap->dump_open($path) }, $words);
    }
};

test equality => sub {
    recorded [5, 6], sub ($path, @) {
        my ($same, $again) = map {
            my $capture = Nflogcap->open(savefile => $path);
            my @packets;
            while (my $packet = $capture->next) { push @packets, $packet }
            \@packets;
        } 1 .. 2;
        my ($one, $two) = @$same;
        my $copy = $again->[0];
        equal([map { $_ ? 1 : 0 } $one == $copy, $one eq $copy, $one != $copy, $one ne $copy], [1, 1, 0, 0]);
        equal([map { $_ ? 1 : 0 } $one == $two, $one eq $two, $one eq "$one", $one eq 'a packet'], [0, 0, 1, 0]);
        Scalar::Util::weaken($copy);
        equal($copy->payload, $one->payload);
        undef $again;
        equal($copy, undef);
    };
};

test long_words => sub {
    my $path = '/no/' . 'x' x 3000;
    for my $use (sub { Nflogcap->dump_open($path) }, sub { Nflogcap->open(savefile => $path) }) {
        refused($use, 'savefile /no/xx', 'xx: No such file or directory');
    }
    my $filter = 'host 10.0.0.1 or ' x 200 . 'prt 5';
    refused(sub { Nflogcap->open(groups => 5, filter => $filter) }, "'prt'", 'pcap-filter(7) tells what there is');
};

test dump_refused => sub {
    recorded [5], sub ($path, $packet) {
        my $dump = Nflogcap->dump_open($path);
        refused(sub { $dump->write('bytes') }, 'this is no packet');
        equal($dump->closed ? 1 : 0, 0);
        $dump->close for 1 .. 2;
        equal($dump->closed, 1);
        refused($_, 'the savefile is closed')
          for sub { $dump->write($packet) }, sub { $dump->flush }, sub { $dump->position },
          sub { $dump->written };
    };
};

test close_twice => sub {
    my $capture = Nflogcap->open(groups => 5);
    equal($capture->closed ? 1 : 0, 0);
    $capture->close for 1 .. 2;
    equal([$capture->closed, $capture->ended], [1, 1]);
    equal(bound_groups(), []);
};

test use_after_close => sub {
    my $capture = Nflogcap->open(groups => 5);
    $capture->close;
    for my $method (qw(fileno wakeup stop stats)) {
        refused(sub { $capture->$method }, 'the capture is closed');
    }
    equal(scalar $capture->next, undef);    # as it ends a loop
    refused(sub { $capture->group_stats(5) }, 'the capture is closed');
    refused(sub { $capture->set_filter('udp') }, 'the capture is closed');
    my $error = refused(sub { $capture->stop });
    equal("$error", "the capture is closed at $0 line " . (__LINE__ - 1) . ".\n");
};

test collected => sub {
    my $capture = Nflogcap->open(groups => 5);
    equal(bound_groups(), [5]);
    undef $capture;
    equal(bound_groups(), []);
};

test no_growth => sub {
    my $packets  = $ENV{NFLOGCAP_TEST_PACKETS};
    my $portion  = 10000;
    my @fields   = qw(payload prefix mark timestamp_ns indev_name);
    my $resident = sub {
        open my $status, '<', '/proc/self/status' or die "status: $!";
        my ($kilobytes) = map { /^VmRSS:\s*(\d+)/ } <$status>;
        return $kilobytes * 1024;
    };
    my $read = sub ($count) {
        my $capture = Nflogcap->open(groups => 5);
        for (1 .. $count / $portion) {
            send_count(PORT, $portion);
            my $left = $portion;
            while ($left > $portion / 2) {
                my $packet = $capture->next(LONG);
                my @fields = map { $packet->$_ } @fields;
                $left--;
            }
            while ($left > 0) {
                my $batch   = $capture->read_batch(LONG);
                my @columns = ([$batch->packets], map { $batch->column($_) } @fields);
                $left -= $batch->size;
            }
            $capture->stats;
        }
        equal([$capture->stats->received, $capture->stats->lost], [$count, 0]);
    };
    my $opens = sub ($count) { Nflogcap->open(groups => 5)->stats for 1 .. $count };
    with_rule(
        PORT,
        'prefix "growth: " group 5',
        sub {
            $read->(2 * $portion);
            $opens->(100);
            my ($memory, $descriptors) = ($resident->(), descriptors());
            $read->($packets);
            $opens->($packets / 100);
            equal(descriptors(), $descriptors);
            my $grown = $resident->() - $memory;
            # A few bytes a packet, or some hundred a capture, would be more than this.
            die "$grown bytes" unless $grown < ($packets > 2**20 ? $packets : 2**20);
            equal(bound_groups(), []);
        }
    );
};

exit run_tests(\%tests, \@order, @ARGV);
