#!/usr/bin/perl
# The other side of the comparison: SpamAssassin's reader of the trace
# (Mail::SpamAssassin::Message::Metadata::Received), called directly. File
# names come on standard input. Two figures go to standard output, in seconds
# of processor time: from the file to the list of relays, which is what the
# other side does too, and the reader of the Received fields alone, on headers already split.
use strict;
use warnings;
use Time::HiRes qw(clock_gettime CLOCK_PROCESS_CPUTIME_ID);
use Mail::SpamAssassin;
use Mail::SpamAssassin::PerMsgStatus;
use Mail::SpamAssassin::Message::Metadata;

open(my $stderr, '>', '/dev/null');
*STDERR = $stderr;
my $sa = Mail::SpamAssassin->new({
	dont_copy_prefs  => 1,
	local_tests_only => 1,
	config_text      => "util_rb_tld com net org example de fr ru\n",
});
$sa->init(0);

my ($whole, $reader, $relays) = (0, 0, 0);
while (my $file = <STDIN>) {
	chomp $file;
	my $start = cpu();
	open(my $fh, '<', $file) or die "$file: $!";
	# The header alone, as for the other side.
	my $text = '';
	while (my $line = <$fh>) {
		$text .= $line;
		last if $line =~ /^\r?$/;
	}
	close $fh;
	my $msg = $sa->parse($text);
	my $status = Mail::SpamAssassin::PerMsgStatus->new($sa, $msg);
	my $meta = Mail::SpamAssassin::Message::Metadata->new($msg);
	my $inner = cpu();
	$meta->parse_received_headers($status, $msg);
	my $end = cpu();
	$whole += $end - $start;
	$reader += $end - $inner;
	$relays += @{ $meta->{relays_untrusted} || [] } + @{ $meta->{relays_trusted} || [] };
	$status->finish;
	$msg->finish;
}
die "no relay was found\n" unless $relays;
print "$whole $reader\n";
print "$relays\n" if $ENV{SHOW_RELAYS};

# The processor time of this process: other programs on the machine do not count.
sub cpu { return clock_gettime(CLOCK_PROCESS_CPUTIME_ID) }
