//! Duplicates of the copy that the cluster keeps, so that a new hub reads only the log behind one of them, and the log
//! need not reach back to the beginning.

use std::path::Path;

use async_nats::jetstream::object_store::{Config, ObjectMetadata, ObjectStore};
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::backbone::embedded::{FILE_NAME, copy};
use crate::backbone::*;
use crate::lock::{private_dir, private_file};
use crate::nats::{Link, Names, stream_info};

/// How many duplicates are kept.
const KEPT: usize = 2;
/// Bytes in one message.
const CHUNK: usize = 256 << 10;

fn away(link: &Link) -> impl Fn(&dyn std::fmt::Display) -> BackboneError + '_ {
    |error| BackboneError::Unavailable(link.explain("the cluster's duplicates", error))
}

/// The name of a duplicate that stands at a place: later ones sort behind earlier ones.
fn name_of(place: Seq) -> String {
    format!("copy-{place:020}")
}

/// Puts the latest duplicate into an empty folder; says whether there is one.
pub(super) async fn fetch(link: &Link, names: &Names, dir: &Path) -> Result<bool> {
    // That there is none is one thing, that nobody says so another: without it the log may begin too late.
    if stream_info(link, &format!("OBJ_{}", names.copies())).await?.is_none() {
        return Ok(false);
    }
    let away = away(link);
    let store = link.jetstream.get_object_store(names.copies()).await.map_err(|error| away(&error))?;
    let Some(latest) = listed(link, &store).await?.pop() else { return Ok(false) };
    tracing::info!(name = latest, "beginning with the cluster's copy");
    let mut object = store.get(&latest).await.map_err(|error| away(&error))?;
    private_dir(dir).map_err(BackboneError::Broken)?;
    let broken = |error: std::io::Error| BackboneError::Unavailable(format!("{}: {error}", dir.display()));
    let part = dir.join(format!("{FILE_NAME}.part"));
    drop(std::fs::remove_file(&part));
    private_file(&part).map_err(BackboneError::Broken)?;
    let mut file = tokio::fs::OpenOptions::new().write(true).open(&part).await.map_err(broken)?;
    let mut buffer = vec![0; CHUNK];
    loop {
        let size = object.read(&mut buffer).await.map_err(|error| away(&error))?;
        if size == 0 {
            break;
        }
        file.write_all(buffer.get(..size).unwrap_or_default()).await.map_err(broken)?;
    }
    file.sync_all().await.map_err(broken)?;
    std::fs::rename(&part, dir.join(FILE_NAME)).map_err(broken)?;
    Ok(true)
}

/// Keeps a duplicate of the copy in `dir` as it stands now, and forgets old ones. Gives the place it stands at.
pub(super) async fn keep(link: &Link, names: &Names, replicas: usize, dir: &Path) -> Result<Seq> {
    let away = away(link);
    let bucket = names.copies();
    let store = match link.jetstream.get_object_store(&bucket).await {
        Ok(store) => store,
        Err(_) => {
            let config = Config { bucket, num_replicas: replicas, ..Config::default() };
            link.jetstream.create_object_store(config).await.map_err(|error| away(&error))?
        }
    };
    let path = dir.join("duplicate");
    std::fs::create_dir_all(&path).map_err(|error| BackboneError::Unavailable(error.to_string()))?;
    let file = path.join(FILE_NAME);
    drop(std::fs::remove_file(&file));
    let (from, to) = (dir.to_owned(), file.clone());
    tokio::task::spawn_blocking(move || copy::duplicate(&from, &to))
        .await
        .map_err(|error| BackboneError::Broken(error.to_string()))??;
    let place = copy::standpoint(&path)?.map(|there| there.place).unwrap_or_default();
    let mut source =
        tokio::fs::File::open(&file).await.map_err(|error| BackboneError::Unavailable(error.to_string()))?;
    let metadata =
        ObjectMetadata { name: name_of(place), chunk_size: Some(CHUNK), ..ObjectMetadata::default() };
    let put = store.put(metadata, &mut source).await;
    drop(std::fs::remove_dir_all(&path));
    put.map_err(|error| away(&error))?;
    let mut kept = listed(link, &store).await?;
    kept.truncate(kept.len().saturating_sub(KEPT));
    for old in kept {
        store.delete(&old).await.map_err(|error| away(&error))?;
    }
    Ok(place)
}

/// The names of all duplicates, oldest first.
async fn listed(link: &Link, store: &ObjectStore) -> Result<Vec<String>> {
    let away = away(link);
    let mut list = store.list().await.map_err(|error| away(&error))?;
    let mut names = Vec::new();
    while let Some(object) = list.next().await {
        let object = object.map_err(|error| away(&error))?;
        if !object.deleted && object.name.starts_with("copy-") {
            names.push(object.name);
        }
    }
    names.sort();
    Ok(names)
}
