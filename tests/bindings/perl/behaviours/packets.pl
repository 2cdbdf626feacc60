# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: the fields of packets.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use Live;
use Nflogcap;
use Scalar::Util ();
use Time::HiRes qw(time);

use constant { LO => 1, NETLINK_HEADER => 16, NFULA_TIMESTAMP => 3, NFULA_SEQ => 12, NFULA_SEQ_GLOBAL => 13 };

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
        $$packet = 5;    # has no effect on the packet
        equal($packet->uid, 0);
    }, hook => 'output';
};

test unknown_field => sub {
    my $packet = logged_packet();
    raises(sub { $packet->payloda }, 'payloda');
};

test all_fields => sub {
    my $packet = logged_packet('prefix "all: " group 5');
    my $fields = $packet->to_hash;
    equal([sort keys %$fields], [sort @Nflogcap::Packet::FIELDS]);
    equal($fields->{$_}, $packet->$_) for keys %$fields;
    equal([@$fields{qw(prefix group indev_name icmp_type)}], ['all: ', 5, 'lo', undef]);
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

test conntrack => sub {
    open my $file, '<:raw', "$FindBin::Bin/../../../fuzz/corpus/dissect/conntrack-tcp" or die $!;
    my $message = do { local $/; <$file> };
    my $packet  = Nflogcap->parse_packet(substr($message, NETLINK_HEADER), 0);
    my $entry   = $packet->conntrack;
    equal([@$entry{qw(state direction)}],   ['established', 'reply']);
    equal([@$entry{qw(id zone mark)}],      [0xa1b2c3d4, 9, 0x51525354]);
    equal([@$entry{qw(status timeout)}],    [0x19e, 431999]);
    equal([@$entry{qw(protocol_state protocol_state_name)}], [3, 'established']);
    my ($original, $reply) = @$entry{qw(original reply)};
    equal([@$original{qw(source source_port)}],                  ['10.0.0.7', 40001]);
    equal([@$reply{qw(destination destination_port protocol)}],  ['192.0.2.1', 61000, 6]);
    equal([@$original{qw(icmp_type zone packets bytes)}],        [(undef) x 4]);
    equal($packet->to_hash->{conntrack}{reply}{source_port},     443);
    equal(logged_packet()->conntrack,                            undef);
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
            die "the packet's time $seconds is not now" unless abs($seconds - time) < 60;
            equal([$packet->mark, $packet->seq], [0xffffffff, $number]);
            equal(pack('N', $packet->seq),        $packet->attribute(NFULA_SEQ));
            equal(pack('N', $packet->seq_global), $packet->attribute(NFULA_SEQ_GLOBAL));
        }
    }, before => 'meta mark set 0xffffffff';
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

exit run(@ARGV);
