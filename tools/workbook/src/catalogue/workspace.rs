//! Where things lie: the workbook's root and its target directory.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::catalogue::exercise::collect;

/// The workbook's root and target directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// The folder with `Cargo.toml`, `exercises/` and `solutions/`.
    pub root: PathBuf,
    /// Cargo's target directory: as its variables and configuration say, else `<root>/target`.
    pub target: PathBuf,
}

/// A package of `Cargo.lock`.
#[derive(Clone, Debug, Deserialize)]
pub struct Locked {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it comes from; absent: from this workspace.
    pub source: Option<String>,
}

impl Workspace {
    /// The workbook that `folder` lies in.
    pub fn around(folder: &Path) -> Result<Self> {
        let folder = std::path::absolute(folder).context("cannot tell the current folder")?;
        let root = folder
            .ancestors()
            .find(|at| at.join("Cargo.toml").is_file() && at.join("exercises").is_dir());
        let Some(root) = root else {
            bail!(
                "{} is not in a workbook: no folder above it holds a Cargo.toml and an \
                 exercises/ folder\nGo to your copy of the workbook, or name it with --root.",
                folder.display()
            );
        };
        Ok(Self { root: root.to_path_buf(), target: target_of(root)? })
    }

    /// `path` as [`shown`] names it.
    pub fn shown(&self, path: &Path) -> String {
        shown(&self.root, path)
    }

    /// The file of resolved versions that all builds share.
    pub fn lockfile(&self) -> PathBuf {
        self.root.join("Cargo.lock")
    }

    /// The packages of `Cargo.lock`; none where there is no such file yet.
    pub fn locked(&self) -> Result<Vec<Locked>> {
        #[derive(Deserialize)]
        struct Lockfile {
            #[serde(default)]
            package: Vec<Locked>,
        }
        let file = self.lockfile();
        if !file.is_file() {
            return Ok(Vec::new());
        }
        let text = fs::read_to_string(&file)
            .with_context(|| format!("cannot read {}", self.shown(&file)))?;
        let Lockfile { package } = toml::from_str(&text).context("Cargo.lock cannot be read")?;
        Ok(package)
    }
}

/// The manifests and sources of the tools that every exercise's tests use, those of them that
/// are in this workbook.
pub fn test_tools(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for tool in ["order-shop", "testkit", "timeline"] {
        let folder = root.join("tools").join(tool);
        if folder.is_dir() {
            files.push(folder.join("Cargo.toml"));
            collect(&folder.join("src"), &mut files)?;
        }
    }
    files.sort();
    Ok(files)
}

/// `path` as it is named in messages, recordings and pages: relative to the root where it lies
/// there, with `/` on every system.
pub fn shown(root: &Path, path: &Path) -> String {
    match path.strip_prefix(root) {
        Ok(inside) => inside
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/"),
        Err(_) => path.display().to_string(),
    }
}

/// As cargo finds it: variables first, then the configuration files around the workbook, then the
/// user's own.
fn target_of(root: &Path) -> Result<PathBuf> {
    for name in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"] {
        if let Some(set) = env::var_os(name).filter(|value| !value.is_empty()) {
            // Cargo reads a relative one from the current folder as well.
            return std::path::absolute(set).with_context(|| format!("{name} is not a path"));
        }
    }
    let own = env::var_os("CARGO_HOME").map(PathBuf::from);
    let own = own.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let around = root.ancestors().map(|folder| folder.join(".cargo"));
    for folder in around.chain(own) {
        if let Some(set) = target_in(&folder)? {
            return Ok(set);
        }
    }
    Ok(root.join("target"))
}

/// `build.target-dir` of the configuration in a `.cargo` folder. A relative one is read from the
/// folder above.
fn target_in(folder: &Path) -> Result<Option<PathBuf>> {
    // Cargo prefers the old name where there are both.
    let files = ["config", "config.toml"].map(|name| folder.join(name));
    let Some(file) = files.iter().find(|file| file.is_file()) else { return Ok(None) };
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let config: toml::Table =
        text.parse().with_context(|| format!("{} is not TOML", file.display()))?;
    let set = config.get("build").and_then(|build| build.get("target-dir"));
    let set = set.and_then(toml::Value::as_str);
    Ok(set.map(|set| folder.parent().unwrap_or(folder).join(set)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_directory_of_a_configuration_counts() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join(".cargo");
        assert_eq!(target_in(&folder).expect("there is none"), None);
        fs::create_dir(&folder).expect("a folder");
        let set = |text: &str| fs::write(folder.join("config.toml"), text).expect("a file");
        set("[alias]\nworkbook = \"run\"\n");
        assert_eq!(target_in(&folder).expect("it says nothing of it"), None);
        set("[build]\ntarget-dir = \"elsewhere\"\n");
        let elsewhere = root.path().join("elsewhere");
        assert_eq!(target_in(&folder).expect("it is set"), Some(elsewhere));
        set("[build\n");
        assert!(target_in(&folder).is_err(), "cargo would refuse it too");
    }
}
