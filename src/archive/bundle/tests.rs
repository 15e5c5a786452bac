use std::fs;

use super::*;

const KNOWN: [&str; 2] = ["one", "two"];

fn bundle(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("bundle");
    let mut writer = BundleWriter::begin(folder).unwrap();
    for (name, content) in [("one", "first"), ("two", &"x".repeat(5000))] {
        let file = folder.join(name);
        fs::write(&file, content).unwrap();
        writer
            .add(name, File::open(&file).unwrap(), &mut |_| Ok(()))
            .unwrap();
    }
    writer.finish(&path).unwrap();
    path
}

fn unpacked(path: &Path) -> Result<Vec<String>, Unfit> {
    let room = tempfile::tempdir().unwrap();
    unpack(path, room.path(), &KNOWN, &mut |_| Ok(()))
}

#[test]
fn what_went_in_comes_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = bundle(folder.path());
    let room = tempfile::tempdir().unwrap();
    let mut bytes = 0;
    let mut told = |more| {
        bytes += more;
        Ok(())
    };
    let found = unpack(&path, room.path(), &KNOWN, &mut told).unwrap();
    assert_eq!(found, KNOWN);
    assert_eq!(fs::read(room.path().join("one")).unwrap(), b"first");
    assert_eq!(bytes, 5005);
}

/// `sha256sum` wrote this line for a file with the five letters.
#[test]
fn the_sums_are_those_of_sha256sum() {
    let folder = tempfile::tempdir().unwrap();
    let path = bundle(folder.path());
    let mut archive = tar::Archive::new(File::open(path).unwrap());
    let mut sums = String::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.path().unwrap() == Path::new(SUMS) {
            entry.read_to_string(&mut sums).unwrap();
        }
    }
    let first = "a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e  one\n";
    assert!(sums.starts_with(first), "{sums}");
}

#[test]
fn one_that_ends_early_is_noticed_wherever_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = bundle(folder.path());
    let whole = fs::read(&path).unwrap();
    let sums = whole.len() - 2 * 512 - 512;
    for length in [0, 100, 512, 600, 1024, 3000, sums] {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(unpacked(&path).is_err(), "{length} bytes");
    }
}

#[test]
fn a_changed_byte_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = bundle(folder.path());
    let mut bytes = fs::read(&path).unwrap();
    // The first file begins after its header.
    bytes[513] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(unpacked(&path), Err(Unfit::Damaged(name)) if name == "one"));
}

#[test]
fn nothing_else_is_taken_out_of_one() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["three", "sub/one"] {
        let path = folder.path().join("strange");
        let mut tar = tar::Builder::new(File::create(&path).unwrap());
        tar.append_data(&mut header(1), name, &b"x"[..]).unwrap();
        tar.into_inner().unwrap();
        assert!(matches!(unpacked(&path), Err(Unfit::Stranger(_))), "{name}");
    }
    let path = folder.path().join("link");
    let mut tar = tar::Builder::new(File::create(&path).unwrap());
    let mut link = header(0);
    link.set_entry_type(tar::EntryType::Symlink);
    tar.append_link(&mut link, "one", "/etc/passwd").unwrap();
    tar.into_inner().unwrap();
    assert!(matches!(unpacked(&path), Err(Unfit::Stranger(_))));
}

#[test]
fn nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("there");
    fs::write(&path, "mine").unwrap();
    let writer = BundleWriter::begin(folder.path()).unwrap();
    assert!(writer.finish(&path).is_err());
    assert_eq!(fs::read(&path).unwrap(), b"mine");
}
