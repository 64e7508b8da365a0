//! A workspace under `target/` in which any file stands in an exercise's place.
//!
//! One package for each candidate, with the exercise's name for its library, the exercise's
//! dependencies and the exercise's tests. The sources stay where they are: the library that is
//! written here names them by their paths, so that rustc's messages name the files that somebody
//! wrote, and nothing of the learner's is touched. The main workspace's versions, profiles and target
//! directory are used, so that no dependency from a registry is built a second time.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::catalogue::Exercise;
use crate::catalogue::workspace::Workspace;

/// The module of the exercise's tests, in a test binary that has others as well.
pub const EXERCISE: &str = "exercise";
/// The module of the tests that spawn a right answer.
pub const SPAWNED: &str = "spawned";

const LIBRARY: &str = "lib.rs";
const TESTS: &str = "tests.rs";

/// An answer file that is to replace the learner's.
#[derive(Clone, Copy, Debug)]
pub struct StandIn<'a> {
    /// The exercise.
    pub exercise: &'a Exercise,
    /// What to call the file in the package's name.
    pub candidate: &'a str,
    /// The file.
    pub file: &'a Path,
    /// Tests to run besides the exercise's own, as the module [`SPAWNED`]. The exercise's are then
    /// the module [`EXERCISE`].
    pub spawned: Option<&'a Path>,
}

/// A package of a scratch workspace, before it is written.
struct Package {
    name: String,
    manifest: Table,
    /// The files that are written for it, each with its text.
    sources: Vec<(&'static str, String)>,
}

/// A scratch workspace that has been written. No other process uses it until this is dropped.
#[derive(Debug)]
pub struct ScratchWorkspace {
    /// Its `Cargo.toml`.
    pub manifest: PathBuf,
    /// The `Cargo.toml` of each candidate, in the order in which they were named.
    pub manifests: Vec<PathBuf>,
    _lock: File,
}

impl ScratchWorkspace {
    /// Writes the workspace `set`: a name for each use, so that one does not undo another's build.
    pub fn write(workspace: &Workspace, set: &str, stand_ins: &[StandIn]) -> Result<Self> {
        let named = |stand_in: &StandIn| {
            let name = format!("{}-{}", stand_in.exercise.name, stand_in.candidate);
            let manifest = candidate_manifest(&name, stand_in)?;
            Ok(Package { name, manifest, sources: sources(stand_in)? })
        };
        let packages: Result<Vec<Package>> = stand_ins.iter().map(named).collect();
        Self::of(workspace, set, packages?)
    }

    /// Writes a workspace of one package: a module for each case of the exercise's `[lints]`, and
    /// no levels of lints but the defaults.
    pub fn of_lints(workspace: &Workspace, exercise: &Exercise) -> Result<Self> {
        let name = format!("{}-lints", exercise.name);
        let cases: Vec<PathBuf> =
            exercise.manifest.lints.keys().map(|case| exercise.lint_case(case)).collect();
        let mut library = String::new();
        for (case, file) in exercise.manifest.lints.keys().zip(&cases) {
            library.push_str(&module(file, &format!("pub mod {case}"))?);
        }
        let mut manifest = package_manifest(&name, exercise)?;
        manifest.remove("lints");
        manifest.remove("dev-dependencies");
        manifest.insert("lib".into(), Value::Table(library_table(&name)));
        mark_contents(&mut manifest, &cases)?;
        let package = Package { name: name.clone(), manifest, sources: vec![(LIBRARY, library)] };
        Self::of(workspace, &name, vec![package])
    }

    fn of(workspace: &Workspace, set: &str, packages: Vec<Package>) -> Result<Self> {
        // Two checkouts may share a target directory.
        let mut checkout = DefaultHasher::new();
        workspace.root.hash(&mut checkout);
        let set = format!("{set}-{:08x}", checkout.finish() >> 32);
        let folder = workspace.target.join("workbook").join("overlay").join(set);
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
        let lock = lock(&folder.join(".lock"))?;

        let main = read(&workspace.root.join("Cargo.toml"))?;
        let mut members = Vec::new();
        let mut manifests = Vec::new();
        for package in packages {
            let place = folder.join(&package.name);
            let manifest = place.join("Cargo.toml");
            write_if_new(&manifest, &package.manifest.to_string())?;
            for (file, text) in package.sources {
                write_if_new(&place.join(file), &text)?;
            }
            members.push(Value::String(package.name));
            manifests.push(manifest);
        }
        let manifest = folder.join("Cargo.toml");
        write_if_new(&manifest, &workspace_manifest(&workspace.root, &main, members).to_string())?;
        if workspace.lockfile().is_file() {
            let copy = folder.join("Cargo.lock");
            fs::copy(workspace.lockfile(), &copy)
                .with_context(|| format!("cannot write {}", copy.display()))?;
        }
        Ok(Self { manifest, manifests, _lock: lock })
    }
}

fn lock(path: &Path) -> Result<File> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    // Where a file system knows no locks, two commands at once are the user's to avoid.
    if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
        eprintln!("waiting for another `cargo workbook` to finish");
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    }
    Ok(file)
}

/// The main workspace's tables that its members inherit, with its paths made absolute.
fn workspace_manifest(root: &Path, main: &Table, members: Vec<Value>) -> Table {
    let mut workspace = Table::new();
    workspace.insert("resolver".into(), Value::String("3".into()));
    if let Some(Value::Table(of_main)) = main.get("workspace") {
        for inherited in ["resolver", "package", "dependencies", "lints"] {
            if let Some(value) = of_main.get(inherited) {
                workspace.insert(inherited.into(), value.clone());
            }
        }
    }
    workspace.insert("members".into(), Value::Array(members));
    if let Some(Value::Table(dependencies)) = workspace.get_mut("dependencies") {
        make_absolute(root, dependencies);
    }

    let mut manifest = Table::new();
    manifest.insert("workspace".into(), Value::Table(workspace));
    if let Some(profiles) = main.get("profile") {
        manifest.insert("profile".into(), profiles.clone());
    }
    if let Some(Value::Table(patch)) = main.get("patch") {
        let mut patch = patch.clone();
        for (_, dependencies) in &mut patch {
            if let Value::Table(dependencies) = dependencies {
                make_absolute(root, dependencies);
            }
        }
        manifest.insert("patch".into(), Value::Table(patch));
    }
    manifest
}

fn candidate_manifest(name: &str, stand_in: &StandIn) -> Result<Table> {
    let exercise = stand_in.exercise;
    let mut manifest = package_manifest(name, exercise)?;
    manifest.insert("lib".into(), Value::Table(library_table(&exercise.name)));

    let spec = exercise.spec();
    let root = if stand_in.spawned.is_some() { Path::new(TESTS) } else { &spec };
    let mut test = Table::new();
    test.insert("name".into(), Value::String(exercise.name.clone()));
    test.insert("path".into(), Value::String(utf8(root)?.to_owned()));
    manifest.insert("test".into(), Value::Array(vec![Value::Table(test)]));

    let mut files = exercise
        .shipped_files()
        .with_context(|| format!("cannot read the tests of {}", exercise.name))?;
    files.push(stand_in.file.to_path_buf());
    files.extend(stand_in.spawned.map(Path::to_path_buf));
    mark_contents(&mut manifest, &files)?;
    Ok(manifest)
}

/// What is written for a candidate: a library over what the exercise gives, as the exercise's own
/// `lib.rs` is, and where there are more tests than the exercise's, the root of both.
fn sources(stand_in: &StandIn) -> Result<Vec<(&'static str, String)>> {
    let exercise = stand_in.exercise;
    let given = module(&exercise.given_file(), "pub mod given")?;
    let answer = module(stand_in.file, "mod answer")?;
    let library = format!("{given}{answer}pub use answer::*;\npub use given::*;\n");
    let mut sources = vec![(LIBRARY, library)];
    if let Some(spawned) = stand_in.spawned {
        let exercise = module(&exercise.spec(), &format!("mod {EXERCISE}"))?;
        let spawned = module(spawned, &format!("mod {SPAWNED}"))?;
        sources.push((TESTS, exercise + &spawned));
    }
    Ok(sources)
}

/// Declares a module whose file is this one.
fn module(file: &Path, declaration: &str) -> Result<String> {
    Ok(format!("#[path = {:?}]\n{declaration};\n", utf8(file)?))
}

/// The exercise's manifest under another name, for a folder elsewhere.
fn package_manifest(name: &str, exercise: &Exercise) -> Result<Table> {
    let mut manifest = read(&exercise.folder().join("Cargo.toml"))?;
    for dependencies in ["dependencies", "dev-dependencies"] {
        if let Some(Value::Table(dependencies)) = manifest.get_mut(dependencies) {
            make_absolute(&exercise.folder(), dependencies);
        }
    }
    if let Some(Value::Table(package)) = manifest.get_mut("package") {
        package.insert("name".into(), Value::String(name.to_owned()));
    }

    manifest.remove("bench");
    Ok(manifest)
}

fn library_table(name: &str) -> Table {
    let mut library = Table::new();
    library.insert("name".into(), Value::String(name.replace('-', "_")));
    library.insert("path".into(), Value::String(LIBRARY.to_owned()));
    library.insert("doctest".into(), Value::Boolean(false));
    library.insert("test".into(), Value::Boolean(false));
    library
}

/// Makes the manifest another one whenever the contents of `files` are others.
fn mark_contents(manifest: &mut Table, files: &[PathBuf]) -> Result<()> {
    // Cargo looks at the times of files, not at their contents, and a file that was copied with
    // its old time would be taken for the one built before. A feature that nobody enables, named
    // after the contents, makes it look.
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(file)
            .with_context(|| format!("cannot read {}", file.display()))?
            .hash(&mut hasher);
    }
    let mark = format!("contents-{:016x}", hasher.finish());
    let features = manifest.entry("features").or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(features) = features {
        features.insert(mark, Value::Array(Vec::new()));
    }
    Ok(())
}

fn utf8(file: &Path) -> Result<&str> {
    file.to_str().with_context(|| {
        format!("cargo cannot name {}: its path is not UTF-8. Move the file.", file.display())
    })
}

fn make_absolute(base: &Path, dependencies: &mut Table) {
    for (_, dependency) in dependencies {
        if let Value::Table(dependency) = dependency
            && let Some(Value::String(path)) = dependency.get_mut("path")
        {
            *path = base.join(&*path).to_string_lossy().into_owned();
        }
    }
}

fn read(path: &Path) -> Result<Table> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.parse().with_context(|| format!("{} is not a manifest", path.display()))
}

/// Leaves a file alone that is as it should be: cargo would take a new time for a change.
fn write_if_new(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
