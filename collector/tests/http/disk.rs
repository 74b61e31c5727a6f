//! Disks that are full, that fail, and that can only be read: real ones, mounted for the test alone.
//!
//! They are mounted in a mount namespace of their own, which needs root or user namespaces. Where a machine gives neither, the files of the
//! collector are kept from growing by a limit on their size, which is as real a failure but has another name.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::server::{Server, batch, callscope, last, serve};

/// A folder that only those see who enter its namespace; it goes with this.
struct Mounted {
    holder: Child,
    folder: TempDir,
    is_root: bool,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(self.holder.kill());
        drop(self.holder.wait());
    }
}

fn output(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap()
}

/// How one comes to a mount namespace here, if one does.
fn namespace() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    ways.into_iter().find(|way| {
        let mut command = Command::new("unshare");
        let tried = command
            .args(*way)
            .args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"])
            .output();
        tried.is_ok_and(|it| it.status.success())
    })
}

impl Mounted {
    /// Mounts by a script to which the folder is `$1`. `None` if the machine does not let one.
    fn by(script: &str) -> Option<Self> {
        let way = namespace()?;
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().with_extension("ready");
        let script = format!("set -e; {script}; : > \"$2\"; exec sleep 600");
        let holder = Command::new("unshare")
            .args(way)
            .args(["sh", "-c", &script, "sh"])
            .args([folder.path(), &ready])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut mounted = Self {
            holder,
            folder,
            is_root: way.len() == 1,
        };
        let begun = Instant::now();
        while !ready.exists() {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "it is not mounted"
            );
            if mounted.holder.try_wait().unwrap().is_some() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        fs::remove_file(ready).unwrap();
        Some(mounted)
    }

    /// A command that runs where it is mounted.
    fn within(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.holder.id().to_string(), "--mount"]);
        if !self.is_root {
            command.args(["--user", "--preserve-credentials"]);
        }
        command.arg(program);
        command
    }

    fn server(&self, arguments: &[&str]) -> Server {
        let command = serve(
            self.within(env!("CARGO_BIN_EXE_callscope")),
            self.folder.path(),
            arguments,
        );
        Server::started(command, tempfile::tempdir().unwrap())
    }

    /// The folder as it is seen from here.
    fn path(&self) -> PathBuf {
        let root = format!("/proc/{}/root", self.holder.id());
        Path::new(&root).join(self.folder.path().strip_prefix("/").unwrap())
    }
}

/// A disk that can be made full, and be given room again.
enum Small {
    Disk(Mounted),
    /// Of a collector whose files may not grow.
    Limit(TempDir),
}

impl Small {
    fn new() -> Self {
        match Mounted::by("mount -t tmpfs -o size=4m tmpfs \"$1\"") {
            Some(mounted) => Self::Disk(mounted),
            None => Self::Limit(tempfile::tempdir().unwrap()),
        }
    }

    fn server(&self) -> Server {
        match self {
            Self::Disk(mounted) => mounted.server(&[]),
            Self::Limit(folder) => {
                let mut shell = Command::new("sh");
                shell.args([
                    "-c",
                    "trap '' XFSZ; exec \"$@\"",
                    "sh",
                    env!("CARGO_BIN_EXE_callscope"),
                ]);
                let command = serve(shell, folder.path(), &[]);
                Server::started(command, tempfile::tempdir().unwrap())
            }
        }
    }

    fn path(&self) -> PathBuf {
        match self {
            Self::Disk(mounted) => mounted.path(),
            Self::Limit(folder) => folder.path().to_owned(),
        }
    }

    fn fill(&self, server: &Server) {
        match self {
            Self::Disk(mounted) => {
                let mut ballast = File::create(mounted.path().join("ballast")).unwrap();
                let error = (0..).find_map(|_| ballast.write_all(&[1; 512]).err());
                assert_eq!(error.unwrap().kind(), std::io::ErrorKind::StorageFull);
            }
            Self::Limit(_) => limit(server, "1:unlimited"),
        }
    }

    fn make_room(&self, server: &Server) {
        match self {
            Self::Disk(mounted) => fs::remove_file(mounted.path().join("ballast")).unwrap(),
            Self::Limit(_) => limit(server, "unlimited:unlimited"),
        }
    }

    /// How such a batch is counted, and what is said.
    fn said(&self) -> (&'static str, &'static str) {
        match self {
            Self::Disk(_) => (
                "full",
                "the collector's disk is full: try again, and tell who runs the collector",
            ),
            Self::Limit(_) => (
                "store",
                "the store failed: try again, and tell who runs the collector",
            ),
        }
    }
}

fn limit(server: &Server, bytes: &str) {
    let id = server.id().to_string();
    let asked = output(Command::new("prlimit").args(["--pid", &id, &format!("--fsize={bytes}")]));
    assert!(asked.status.success(), "{asked:?}");
}

/// How many intervals are stored of the participant of that number.
fn stored(server: &Server, number: u32) -> usize {
    let path = format!(
        "/v1/insights/rooms/RM{:032x}/participants/PA{number:032x}/intervals",
        number / 10
    );
    let answer = server.get(&path, &[]);
    match answer.status {
        404 => 0,
        _ => answer.json()["intervals"].as_array().unwrap().len(),
    }
}

fn check_database(path: &Path) {
    let database = rusqlite::Connection::open(path.join("callscope.db")).unwrap();
    let sound: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
}

/// Sends batches of some participants at once; which were taken.
fn send(
    server: &Server,
    numbers: std::ops::Range<u32>,
    seqs: std::ops::Range<u32>,
) -> Vec<(u32, u32)> {
    let url = server.url("/v1/batches");
    let senders: Vec<_> = numbers
        .map(|number| {
            let (url, seqs) = (url.clone(), seqs.clone());
            std::thread::spawn(move || {
                let taken = seqs.filter(|&seq| {
                    let body = batch(number, seq, 20_000).to_string();
                    match ureq::post(&url).send(body) {
                        Ok(answer) => answer.status() == 201,
                        Err(ureq::Error::StatusCode(status)) => {
                            assert_eq!(status, 503);
                            false
                        }
                        Err(error) => panic!("{error}"),
                    }
                });
                taken.map(|seq| (number, seq)).collect::<Vec<_>>()
            })
        })
        .collect();
    senders
        .into_iter()
        .flat_map(|it| it.join().unwrap())
        .collect()
}

#[test]
fn a_full_disk_is_said_and_nothing_is_stored_half_and_with_room_it_goes_on() {
    let disk = Small::new();
    let server = disk.server();
    let (word, sentence) = disk.said();
    server.take(&batch(1, 0, 60));
    disk.fill(&server);
    // What is left of the last page may hold a few more; then none is taken.
    let mut taken = send(&server, 10..14, 0..10);
    assert!(taken.len() < 40, "{} batches on a full disk", taken.len());
    let refused = server.post(&[], batch(2, 0, 60).to_string());
    assert_eq!(refused.problem(), (503, sentence.to_owned()));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(
        server.counted(&format!("callscope_batches_total{{outcome=\"{word}\"}} ")),
        41 - taken.len() as u64
    );
    assert_eq!(
        server.counted("callscope_batches_total{outcome=\"busy\"} "),
        0
    );
    assert_eq!(server.get("/healthz", &[]).status, 503);
    // What there is can be read.
    assert_eq!((stored(&server, 1), stored(&server, 2)), (3, 0));
    disk.make_room(&server);
    let begun = Instant::now();
    while server.get("/healthz", &[]).status != 200 {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it is not well again"
        );
    }
    // All once more, as browsers do: those that were taken are repeated.
    taken.extend(send(&server, 10..14, 0..10));
    assert_eq!(taken.len(), 40);
    for number in 10..14 {
        assert_eq!(stored(&server, number), 30);
    }
    server.take(&last(2, 0, 60, true));
    let dashboard = server.get("/v1/insights/dashboard", &[]).json();
    assert_eq!(dashboard["totals"]["current"]["participants"], 6);
    check_database(&disk.path());
}

#[test]
fn a_database_that_fills_its_own_disk_is_whole_after_a_restart() {
    let disk = Small::new();
    let server = disk.server();
    if let Small::Limit(_) = disk {
        limit(&server, "2000000:unlimited");
    }
    let taken = send(&server, 10..14, 0..600);
    assert!(
        taken.len() > 100 && taken.len() < 2400,
        "{} batches in 4 MB",
        taken.len()
    );
    // With nothing left, as a machine that loses its power.
    server.kill();
    let server = disk.server();
    for number in 10..14 {
        let batches = taken.iter().filter(|it| it.0 == number).count();
        assert_eq!(stored(&server, number), 3 * batches);
    }
    check_database(&disk.path());
}

#[test]
fn a_disk_that_fails_while_it_serves_is_said_and_what_was_acknowledged_is_there_after_its_repair() {
    // Only root can mount a file system that can fail; others have the limit on files, of which the test above tells.
    let script = "truncate -s 16M \"$1.image\"; mkfs.ext4 -q \"$1.image\"; mount -o loop \"$1.image\" \"$1\"";
    let Some(disk) = Mounted::by(script) else {
        let small = Small::Limit(tempfile::tempdir().unwrap());
        says_that_it_fails(&small.server(), |server| limit(server, "1:unlimited"));
        return;
    };
    let image = disk.folder.path().with_extension("image");
    let on_disk = |script: &str| {
        let done = output(
            disk.within("sh")
                .args(["-c", script, "sh"])
                .args([disk.folder.path(), &image]),
        );
        assert!(done.status.success(), "{done:?}");
    };
    let server = disk.server(&[]);
    // As a kernel does with a disk on which it could not write.
    says_that_it_fails(&server, |_| on_disk("mount -o remount,abort \"$1\""));
    server.kill();
    on_disk("umount \"$1\"; e2fsck -fp \"$2\" || test $? -le 1; mount -o loop \"$2\" \"$1\"");
    let server = disk.server(&[]);
    assert_eq!((stored(&server, 1), stored(&server, 2)), (3, 0));
    assert_eq!(server.take(&batch(2, 0, 60)).status, 201);
    check_database(&disk.path());
    drop(server);
    fs::remove_file(image).unwrap();
}

fn says_that_it_fails(server: &Server, fail: impl FnOnce(&Server)) {
    server.take(&batch(1, 0, 60));
    fail(server);
    for _ in 0..3 {
        let (status, message) = server.post(&[], batch(2, 0, 60).to_string()).problem();
        assert!(
            status == 503 && message.contains("try again, and tell who runs the collector"),
            "{message}"
        );
    }
    let failed = server.counted("callscope_batches_total{outcome=\"store\"} ")
        + server.counted("callscope_batches_total{outcome=\"read_only\"} ");
    assert_eq!(failed, 3);
    assert_eq!(server.get("/healthz", &[]).status, 503);
    assert_eq!((stored(server, 1), stored(server, 2)), (3, 0));
}

#[test]
fn a_database_that_can_only_be_read_is_refused_with_what_to_do() {
    let full = tempfile::tempdir().unwrap();
    let full = Server::in_folder(full, &[]);
    full.take(&batch(1, 0, 60));
    let full = full.stop();
    let source = full.path().to_str().unwrap();
    for (script, of) in [
        (
            format!("mount --bind {source} \"$1\"; mount -o remount,ro,bind \"$1\""),
            "the disk",
        ),
        (
            format!(
                "mount --bind {source} \"$1\"; mount --bind {source}/callscope.db \"$1/callscope.db\"; mount -o remount,ro,bind \"$1/callscope.db\""
            ),
            "the file",
        ),
    ] {
        let program = env!("CARGO_BIN_EXE_callscope");
        let refused = match Mounted::by(&script) {
            Some(mounted) => output(&mut serve(
                mounted.within(program),
                mounted.folder.path(),
                &[],
            )),
            // Whoever cannot mount is not root, and is held to permissions.
            None => {
                let database = full.path().join("callscope.db");
                let mut permissions = fs::metadata(&database).unwrap().permissions();
                permissions.set_readonly(true);
                fs::set_permissions(&database, permissions).unwrap();
                assert!(
                    File::options().write(true).open(&database).is_err(),
                    "this test needs mount namespaces, or somebody other than root"
                );
                output(&mut serve(callscope(&[]), full.path(), &[]))
            }
        };
        let told = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{of}: {told}");
        assert!(
            told.contains("cannot be used: it can only be read: let this program write it, its folder and its disk"),
            "{of}: {told}"
        );
    }
}
