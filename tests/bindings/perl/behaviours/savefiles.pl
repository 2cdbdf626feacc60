# SPDX-License-Identifier: GPL-2.0-or-later
# The behaviours of ../../behaviours.txt, in Perl: savefiles, and records of them.

use 5.026;
use warnings;
use feature 'signatures';
no warnings 'experimental::signatures';
use FindBin;
use lib "$FindBin::Bin/..";
use Harness;
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

exit run(@ARGV);
