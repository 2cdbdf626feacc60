# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: packets and errors as text.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use Live;
use Nflogcap;
use JSON::PP ();
use Sys::Hostname;

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
    equal([@$said{qw(version host hook_name protocol_name)}], [1, hostname, 'prerouting', 'udp']);
    equal(pack('H*', $said->{payload}), $packet->payload);
    equal([exists $said->{icmp_type}, $packet->to_json =~ /\n/], [!!0]);
    my $codec = JSON::PP->new->utf8->canonical->convert_blessed;
    equal($codec->encode([$packet]), $codec->encode([$said]));
};

test json_no_payload => sub {
    my $packet = logged_packet('group 5', 'x');
    my $whole  = JSON::PP::decode_json($packet->to_json(payload => 1));
    delete $whole->{payload};
    my $codec = JSON::PP->new->canonical;
    equal($codec->encode(JSON::PP::decode_json($packet->to_json(payload => 0))), $codec->encode($whole));
    for my $wrong (['payload'], [colour => 1], [payload => 0, 'more'], [undef, 1]) {
        refused(sub { $packet->to_json(@$wrong) }, '$packet->to_json(payload => 0)');
    }
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
    index("$packet", $escaped) >= 0 or die 'the packet as text is not escaped';
    $harmless->("$packet");
    $harmless->($packet->to_json);
    equal($packet->TO_JSON->{prefix}, "a\x1b[31m\x{9b}\x{202e}\x7f");
};

test long_words => sub {
    my $path = '/no/' . 'x' x 3000;
    for my $use (sub { Nflogcap->dump_open($path) }, sub { Nflogcap->open(savefile => $path) }) {
        refused($use, 'savefile /no/xx', 'xx: No such file or directory');
    }
    my $filter = 'host 10.0.0.1 or ' x 200 . 'prt 5';
    refused(sub { Nflogcap->open(groups => 5, filter => $filter) }, "'prt'", 'see pcap-filter(7)');
};

exit run(@ARGV);
