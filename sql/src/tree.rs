//! Which kind of file each path of the tree is.

use contracts::Place;

use crate::error::ModelError;
use crate::name::{Layer, ModelName};
use crate::place;

/// The files of the tree, sorted by kind.
#[derive(Default)]
pub(crate) struct Tree {
    pub models: Vec<TreeFile>,
    pub cases: Vec<TreeFile>,
    pub audits: Vec<TreeFile>,
}

/// A file of the tree: its text and what its path says.
pub(crate) struct TreeFile {
    pub path: String,
    pub text: String,
    pub layer: Layer,
    /// The model's name, for cases and audits that of the model they are beside.
    pub model: String,
    /// The audit's own name; empty for other kinds.
    pub audit: String,
}

impl TreeFile {
    pub fn at(&self) -> Place {
        place::start_of(&self.path)
    }
}

impl Tree {
    /// Sorts (path, text) pairs; files of `sql/metrics` and of other types are passed over.
    pub fn sort(
        files: impl IntoIterator<Item = (String, String)>,
        faults: &mut Vec<ModelError>,
    ) -> Self {
        let mut tree = Self::default();
        let mut files: Vec<(String, String)> = files.into_iter().collect();
        files.sort();
        for (path, text) in files {
            tree.add(path, text, faults);
        }
        tree
    }

    fn add(&mut self, path: String, text: String, faults: &mut Vec<ModelError>) {
        let is_ours = path.ends_with(".sql") || path.ends_with(".yaml") || path.ends_with(".yml");
        let mut folders = path.split('/').rev();
        let file_name = folders.next().unwrap_or_default().to_owned();
        let folders: Vec<&str> = folders.collect();
        if !is_ours || folders.contains(&"metrics") {
            return;
        }
        let layer = [Layer::Staging, Layer::Intermediate, Layer::Mart]
            .into_iter()
            .find(|layer| folders.contains(&layer.folder()));
        let parts: Vec<&str> = file_name.split('.').collect();
        let (Some(layer), [model, kind @ ..]) = (layer, parts.as_slice()) else {
            faults.push(ModelError::UnknownFile {
                at: place::start_of(&path),
            });
            return;
        };
        let (list, audit) = match kind {
            ["sql"] => (&mut self.models, ""),
            ["test", "yaml"] => (&mut self.cases, ""),
            [audit, "audit", "sql"] => (&mut self.audits, *audit),
            _ => {
                faults.push(ModelError::UnknownFile {
                    at: place::start_of(&path),
                });
                return;
            }
        };
        list.push(TreeFile {
            model: (*model).to_owned(),
            audit: audit.to_owned(),
            path,
            text,
            layer,
        });
    }
}

/// The model name a file asks for, checked against its folder's habit.
pub(crate) fn model_name(file: &TreeFile, faults: &mut Vec<ModelError>) -> Option<ModelName> {
    let Some(name) = ModelName::new(&file.model) else {
        faults.push(ModelError::BadName {
            at: file.at(),
            name: file.model.clone(),
        });
        return None;
    };
    let prefix = match file.layer {
        Layer::Staging => "stg_",
        Layer::Intermediate => "int_",
        Layer::Mart => "",
    };
    if !name.as_str().starts_with(prefix) {
        faults.push(ModelError::WrongPrefix {
            at: file.at(),
            name: name.clone(),
            folder: file.layer.folder(),
            prefix,
        });
    }
    Some(name)
}
