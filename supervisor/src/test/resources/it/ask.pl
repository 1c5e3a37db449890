# Tries what a restriction may deny, and prints one line each: NAME ok, or NAME ERRNO.
# Arguments: bind=PORT:PORT (listed, other), connect=PORT:PORT, abstract=NAME, signal=PID, root=1
use strict;
use warnings;
no warnings "exec";
use Errno;
use Fcntl;
use Socket;
$| = 1;
my %asked = map { split /=/, $_, 2 } @ARGV;

sub tell_result {
    my ($name, $good) = @_;
    my $number = $! + 0;
    my ($errno) = grep { my $e = Errno->can($_); $e && $e->() == $number } qw(EPERM EACCES EXDEV ENOENT EINVAL ESRCH);
    print "$name ", $good ? "ok" : $errno // $number, "\n";
}

sub opened {
    my ($path, $mode) = @_;
    sysopen(my $file, $path, $mode, 0644) or return 0;
    close($file);
    return 1;
}

sub executed {
    my ($path) = @_;
    return (system { $path } $path) == 0;
}

sub on_port {
    my ($what, $port) = @_;
    socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
    my $address = pack_sockaddr_in($port, INADDR_LOOPBACK);
    return $what eq "bind" ? bind($socket, $address) : connect($socket, $address);
}

sub knows_nothing_of_terminals {
    my ($path) = @_;
    open(my $file, "<", $path) or die "open: $!";
    my $size = "\0" x 64;
    return !ioctl($file, 0x5413, $size) && $! == Errno::ENOTTY; # TIOCGWINSZ
}

tell_result("read listed", opened("listed/file", O_RDONLY));
tell_result("read other", opened("other/file", O_RDONLY));
tell_result("stat other", -e "other/file");
tell_result("list listed", opendir(my $listed, "listed"));
tell_result("list other", opendir(my $other, "other"));
tell_result("write listed", opened("listed/file", O_WRONLY));
tell_result("truncate listed", opened("listed/file", O_RDONLY | O_TRUNC));
tell_result("make in listed", opened("listed/new", O_WRONLY | O_CREAT));
tell_result("remove from listed", unlink("listed/spare"));
tell_result("make in writable", opened("writable/new", O_RDWR | O_CREAT | O_TRUNC));
tell_result("make directory in writable", mkdir("writable/directory"));
tell_result("move within writable", rename("writable/new", "writable/directory/moved"));
tell_result("move to where it is executable", rename("writable/directory/moved", "both/moved"));
tell_result("move from there", rename("both/program", "writable/program"));
tell_result("remove from writable", unlink("writable/program"));
tell_result("write one file", opened("one-file", O_WRONLY | O_TRUNC));
tell_result("execute listed", executed("/usr/bin/true"));
tell_result("execute other", executed("other/true"));
tell_result("execute script of other", executed("both/script"));
tell_result("execute by loader of other", executed("both/binary"));
tell_result("ioctl of listed device", knows_nothing_of_terminals("/dev/null"));
tell_result("ioctl of other device", knows_nothing_of_terminals("/dev/zero"));
for my $what (grep { $asked{$_} } qw(bind connect)) {
    my ($good, $bad) = split /:/, $asked{$what};
    tell_result("$what listed", on_port($what, $good));
    tell_result("$what other", on_port($what, $bad));
}
if ($asked{abstract}) {
    socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
    tell_result("connect outside", connect($socket, pack("S a*", AF_UNIX, "\0$asked{abstract}")));
}
tell_result("signal outside", kill(0, $asked{signal}) == 1) if $asked{signal};
if ($asked{root}) {
    my ($unshare, $mount, $mknodat) = `uname -m` =~ /x86_64/ ? (272, 165, 259) : (97, 40, 33);
    my $device = "writable/null";
    tell_result("make device in writable", syscall($mknodat, -100, $device, 0020666, 0x103) == 0);
    syscall($unshare, 0x20000) == 0 or die "unshare: $!"; # CLONE_NEWNS: whatever happens stays here
    my $root = "/";
    tell_result("mount", syscall($mount, 0, $root, 0, 0x44000, 0) == 0); # MS_REC | MS_PRIVATE
}
print "done\n";
sleep 1000;
