# SPDX-License-Identifier: GPL-2.0-or-later
# Tests in Perl of the behaviours of ../../behaviours.txt: savefiles and their records.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
use IO::Compress::Gzip qw(gzip $GzipError);
use Live;
use Nflogcap;

use constant EBADMSG => 74;

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

test savefile_packed => sub {
    recorded [5, 5], sub ($path, @) {
        gzip($path => \my $packed) or die "gzip: $GzipError";
        my $write = sub ($bytes) {
            open my $file, '>:raw', $path or die "open: $!";
            print $file $bytes;
            close $file or die "close: $!";
        };
        $write->($packed);
        my $capture = Nflogcap->open(savefile => $path);
        equal([map { $capture->next->group } 1, 2], [5, 5]);
        equal([scalar $capture->next], [undef]);
        equal([$capture->stats->savefile_read, $capture->stats->savefile_size], [(length $packed) x 2]);
        $write->(substr $packed, 0, -1);
        $capture = Nflogcap->open(savefile => $path);
        equal([map { $capture->next->group } 1, 2], [5, 5]);
        my $why = refused(sub { $capture->next }, $path, 'beyond packet 2', 'compressed data is cut off');
        equal($why->errno, EBADMSG);
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

# The record of an ARP packet. A file with the link type raw cannot contain it.
use constant ARP => "\3\0\0\5\x08\0\1\0\x08\6\0\0\x08\0\x09\0\0\1\x08\0";

sub content_of ($path) {
    open my $file, '<:raw', $path or die "$path: $!";
    local $/ = undef;
    return <$file>;
}

test link_types => sub {
    my $arp = Nflogcap->parse_packet(ARP, 1);
    recorded [5], sub ($path, $packet) {
        for (
            ['nflog',                     239, '',                                           1],
            ['raw',                       101, $packet->payload,                             ''],
            [Nflogcap::LINKTYPE_RAW,      101, $packet->payload,                             ''],
            ['ethernet',                  1,   ("\0" x 12) . "\x08\0" . $packet->payload, 1],
            [Nflogcap::LINKTYPE_ETHERNET, 1,   $packet->frame,                               1],
          )
        {
            my ($link_type, $number, $content, $is_held) = @$_;
            my $dump = Nflogcap->dump_open($path, link_type => $link_type);
            equal([!!$dump->write($packet), !!$dump->write($arp)], [1, $is_held]);
            $dump->flush;
            equal([$dump->written, $dump->skipped], $is_held ? [2, 0] : [1, 1]);
            my $written = content_of($path);
            equal(unpack('@20 L', $written), $number);
            equal(substr($written, 40, length $content), $content);
        }
        my $written = content_of($path);
        for (
            [[link_type => 'frob'], q(link type 'frob' cannot be written; choose nflog, raw or ethernet)],
            [[link_type => 147],    q(link type '147')],
            [[link_type => "raw\0"], 'contains a NUL'],
            [[link_type => []],     'link_type must be an integer, not a reference'],
            [[linktype  => 'raw'],  q(no option 'linktype'; its options are link_type, format and compression)],
            [['raw'],               'wrong number of arguments'],
          )
        {
            my ($options, $words) = @$_;
            refused(sub { Nflogcap->dump_open($path, @$options) }, $words);
            equal(content_of($path), $written);
        }
    };
};

test formats => sub {
    recorded [5], sub ($path, $packet) {
        my $by_name = "$path.pcapng";
        for (
            [$path,    undef,    0xa1b23c4d],
            [$path,    'pcapng', 0x0a0d0d0a],
            [$by_name, undef,    0x0a0d0d0a],
            [$by_name, 'pcap',   0xa1b23c4d],
            [$path,    'PCAPNG', 0x0a0d0d0a],
          )
        {
            my ($to, $format, $magic) = @$_;
            my $dump = Nflogcap->dump_open($to, format => $format);
            $dump->write($packet);
            $dump->close;
            my $written = content_of($to);
            equal(unpack('L', $written), $magic);
            equal(index($written, pack('S2 a4', 2, 2, 'lo')) >= 0, $magic == 0x0a0d0d0a);
            equal(fields_of(Nflogcap->open(savefile => $to)->next), fields_of($packet));
        }
        unlink $by_name;
        my $written = content_of($path);
        for (
            [[format => 'pcapn'],  'format must be pcap or pcapng'],
            [[format => "pcap\0"], 'contains a NUL'],
            [[format => []],       'format must be a string, not a reference'],
          )
        {
            my ($options, $words) = @$_;
            refused(sub { Nflogcap->dump_open($path, @$options) }, $words);
            equal(content_of($path), $written);
        }
    };
};

test compressions => sub {
    my ($gzip, $zstd) = ("\x1f\x8b", "\x28\xb5\x2f\xfd");
    recorded [5], sub ($path, $packet) {
        my $plain = substr content_of($path), 0, 4;
        for (
            ['',     undef,  $plain],
            ['.gz',  undef,  $gzip],
            ['.zst', undef,  $zstd],
            ['',     'gzip', $gzip],
            ['.gz',  'ZSTD', $zstd],
            ['.zst', 'none', $plain],
          )
        {
            my ($extension, $compression, $magic) = @$_;
            my $to   = $path . $extension;
            my $dump = Nflogcap->dump_open($to, compression => $compression);
            $dump->write($packet);
            $dump->close;
            equal(substr(content_of($to), 0, length $magic), $magic);
            equal(fields_of(Nflogcap->open(savefile => $to)->next), fields_of($packet));
            unlink $to if $extension;
        }
        my $written = content_of($path);
        refused(sub { Nflogcap->dump_open($path, compression => 'gz') }, 'compression must be none, gzip or zstd');
        equal(content_of($path), $written);
    };
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
          sub { $dump->written }, sub { $dump->skipped };
    };
};

exit run(@ARGV);
