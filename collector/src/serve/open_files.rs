//! The limit of open files: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For the database, the files of the app and what is turned away.
const OWN: usize = 256;

/// Raises the limit as far as it may be raised, and tells how many connections it leaves room for.
pub(super) fn connections(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    let files = current.map_or(usize::MAX, |it| usize::try_from(it).unwrap_or(usize::MAX));
    let most = room_in(files).min(wanted);
    if most < wanted {
        tracing::warn!(
            files,
            "no more than {most} connections at a time and not {wanted}: raise the limit of open files (`ulimit -Hn`, LimitNOFILE) to {}",
            wanted.saturating_add(OWN)
        );
    }
    most
}

/// How many connections so many open files leave room for.
fn room_in(files: usize) -> usize {
    files.saturating_sub(OWN).max(files / 2).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_files_are_left_for_the_collector_itself() {
        assert_eq!(room_in(usize::MAX), usize::MAX - OWN);
        assert_eq!(room_in(20_000), 19_744);
        assert_eq!(room_in(300), 150);
        assert_eq!(room_in(0), 1);
    }
}
