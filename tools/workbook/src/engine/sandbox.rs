//! What `check --sandbox` keeps a file from: the network, writing, and using up the machine.
//!
//! Linux only, and without a program of its own to install: `unshare` (of util-linux) gives the test
//! process a view of the file system and a network of its own. In there this command is started
//! again ([`confine`]). It makes all mounts read-only but the run's own folder, brings the loopback
//! up, sets limits, gives up the rights that allowed all that, and becomes the test binary. So the
//! process that is waited for is the test's, and its exit status is its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::engine::temporary_folder::TemporaryFolder;

/// Left in the run's folder where everything could be set up.
const PROOF: &str = ".confined";

/// How test processes are started so that they are confined.
#[derive(Clone, Debug)]
pub struct Sandbox {
    command: PathBuf,
}

impl Sandbox {
    /// Tries it out. An error where this system does not allow it.
    pub fn new() -> Result<Self> {
        if !cfg!(target_os = "linux") {
            bail!(
                "--sandbox needs Linux\nRun the check in a container or in a virtual machine instead."
            );
        }
        let command = std::env::current_exe().context("this program has no path")?;
        let sandbox = Self { command };
        let scratch = TemporaryFolder::new().context("cannot create a temporary folder")?;
        let nothing = Path::new("/proc/self/exe");
        let mut command = sandbox.start(nothing, scratch.path());
        let tried = command.arg("--version").output();
        let output = tried.context(
            "--sandbox needs the program `unshare`\nInstall the package util-linux, or run the \
             check in a container.",
        )?;
        if !output.status.success() || !is_confined(scratch.path()) {
            bail!(
                "--sandbox: this system gives ordinary users no namespaces of their own\n{}\nAllow \
                 them (sysctl kernel.unprivileged_userns_clone, \
                 kernel.apparmor_restrict_unprivileged_userns), or run the check in a container.",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(sandbox)
    }

    /// A command for `executable`, confined: it may write to `scratch` and nowhere else.
    pub fn start(&self, executable: &Path, scratch: &Path) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "--net", "--ipc", "--"]);
        command.arg(&self.command).arg("confined").arg(scratch).arg(executable);
        command
    }
}

/// Whether what was started with this folder got as far as the program that was to be confined.
pub fn is_confined(scratch: &Path) -> bool {
    scratch.join(PROOF).is_file()
}

/// Confines this process and becomes `command`. Comes back with an error only.
#[cfg(target_os = "linux")]
pub fn confine(scratch: &Path, command: &[OsString]) -> Result<()> {
    use std::os::unix::process::CommandExt as _;

    let Some((program, arguments)) = command.split_first() else { bail!("no program is named") };
    let scratch = scratch.canonicalize().context("there is no such folder")?;
    linux::make_read_only(&scratch).context("the file system cannot be made read-only")?;
    linux::bring_loopback_up().context("the loopback cannot be brought up")?;
    linux::limit().context("limits cannot be set")?;
    std::fs::write(scratch.join(PROOF), "").context("the run's folder cannot be written to")?;
    linux::give_up_rights().context("rights cannot be given up")?;
    let error = Command::new(program).args(arguments).env("TMPDIR", &scratch).exec();
    Err(error).with_context(|| format!("cannot start {}", program.display()))
}

/// An error: nothing is confined here.
#[cfg(not(target_os = "linux"))]
pub fn confine(_: &Path, _: &[OsString]) -> Result<()> {
    bail!("nothing is confined on this system")
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::OsString;
    use std::fs;
    use std::io;
    use std::os::unix::ffi::OsStringExt as _;
    use std::path::{Path, PathBuf};

    use rustix::mount::{MountFlags, mount, mount_bind, mount_remount};
    use rustix::net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with,
    };
    use rustix::process::{Resource, Rlimit, setrlimit};
    use rustix::thread::{
        CapabilitySet, CapabilitySets, remove_capability_from_bounding_set, set_capabilities,
        set_no_new_privs,
    };

    /// Of the address space: the stacks of several hundred threads count, though they are not used.
    const MEMORY: u64 = 16 << 30;
    /// Of any one file.
    const FILE: u64 = 256 << 20;
    /// Threads count as well.
    const PROCESSES: u64 = 4096;

    /// All that is mounted, but for `scratch`. What listens on a socket under `/run` is out of reach.
    pub fn make_read_only(scratch: &Path) -> io::Result<()> {
        mount_bind(scratch, scratch)?;
        let run = Path::new("/run");
        if run.is_dir() && !scratch.starts_with(run) {
            let flags = MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV;
            mount("tmpfs", run, "tmpfs", flags, None)?;
        }
        for Mount { at, options } in mounts()? {
            if at == scratch || options.split(',').any(|option| option == "ro") {
                continue;
            }
            let mut flags = MountFlags::BIND | MountFlags::RDONLY;
            // What was forbidden before must stay so.
            for option in options.split(',') {
                flags |= match option {
                    "nosuid" => MountFlags::NOSUID,
                    "nodev" => MountFlags::NODEV,
                    "noexec" => MountFlags::NOEXEC,
                    _ => MountFlags::empty(),
                };
            }
            match mount_remount(&at, flags, "") {
                // Another mount is in front of it, so nobody can reach it.
                Err(rustix::io::Errno::NOENT | rustix::io::Errno::INVAL) => {}
                other => other?,
            }
        }
        Ok(())
    }

    struct Mount {
        at: PathBuf,
        options: String,
    }

    fn mounts() -> io::Result<Vec<Mount>> {
        let table = fs::read_to_string("/proc/self/mountinfo")?;
        Ok(table.lines().filter_map(mount_of).collect())
    }

    /// `36 35 98:0 /root /at rw,noatime master:1 - ext3 /dev/root rw`
    fn mount_of(line: &str) -> Option<Mount> {
        let mut fields = line.split(' ').skip(4);
        Some(Mount { at: unescaped(fields.next()?), options: fields.next()?.to_owned() })
    }

    /// Blanks and the like are written as `\040`.
    fn unescaped(text: &str) -> PathBuf {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((&first, after)) = rest.split_first() {
            let digits = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
            let code = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok());
            if let Some(code) = code.filter(|_| first == b'\\') {
                bytes.push(code);
                rest = &after[3..];
            } else {
                bytes.push(first);
                rest = after;
            }
        }
        OsString::from_vec(bytes).into()
    }

    /// A new network has a loopback that is down, and nothing else. Tests talk to servers on it.
    pub fn bring_loopback_up() -> io::Result<()> {
        const NEW_LINK: u16 = 16;
        const REQUEST_AND_ANSWER: u16 = 1 | 4;
        const UP: u32 = 1;
        const LOOPBACK: i32 = 1;
        let mut message = Vec::new();
        // The header: length, type, flags, sequence, port.
        message.extend(32_u32.to_ne_bytes());
        message.extend(NEW_LINK.to_ne_bytes());
        message.extend(REQUEST_AND_ANSWER.to_ne_bytes());
        message.extend([0; 8]);
        // The link: family, padding and type, index, flags, which of them to change.
        message.extend([0; 4]);
        message.extend(LOOPBACK.to_ne_bytes());
        message.extend(UP.to_ne_bytes());
        message.extend(UP.to_ne_bytes());
        let socket =
            socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
        send(&socket, &message, SendFlags::empty())?;
        let mut answer = [0; 256];
        let (_, length) = recv(&socket, &mut answer[..], RecvFlags::empty())?;
        // After the header of the answer there is an error number; zero is success.
        match answer[..length].get(16..20).and_then(|error| error.try_into().ok()) {
            Some(error) if i32::from_ne_bytes(error) == 0 => Ok(()),
            Some(error) => Err(io::Error::from_raw_os_error(-i32::from_ne_bytes(error))),
            None => Err(io::Error::other("the system gives no answer")),
        }
    }

    pub fn limit() -> io::Result<()> {
        for (resource, most) in [
            (Resource::As, MEMORY),
            (Resource::Fsize, FILE),
            (Resource::Nproc, PROCESSES),
            (Resource::Core, 0),
        ] {
            let own = rustix::process::getrlimit(resource).maximum;
            let most = own.map_or(most, |own| own.min(most));
            setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
        }
        Ok(())
    }

    /// Those over the namespaces: what follows could undo everything with them.
    pub fn give_up_rights() -> io::Result<()> {
        set_no_new_privs(true)?;
        for bit in 0..u64::BITS {
            match remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << bit)) {
                // One that this kernel does not know.
                Err(rustix::io::Errno::INVAL) => {}
                other => other?,
            }
        }
        let none = CapabilitySet::empty();
        set_capabilities(
            None,
            CapabilitySets { effective: none, permitted: none, inheritable: none },
        )?;
        Ok(())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn reads_the_table_of_mounts() {
            let line =
                r"36 35 98:0 /mnt1 /with\040blanks rw,noatime,nosuid master:1 - ext3 /dev/root rw";
            let mount = mount_of(line).expect("it is one");
            assert_eq!(mount.at, Path::new("/with blanks"));
            assert_eq!(mount.options, "rw,noatime,nosuid");
            assert!(
                mounts().expect("there is a table").iter().any(|mount| mount.at == Path::new("/"))
            );
        }
    }
}
