//! Every emitted file against the strict schema of its target, read from `schema/` and not from inside nbc.
//! For keycloak-config-cli this is the only judge: the program is on no package registry.

use std::collections::BTreeMap;
use std::path::Path;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::Failure;
use crate::examples::Build;
use crate::identity::Realm;
use crate::places::{Places, files_below, read_json, read_text, read_yaml};
use crate::report::{Judged, Report};

const AREA: &str = "schemas";

pub(crate) fn judge(places: &Places, builds: &[Build], report: &mut Report) {
    let mut schemas = Schemas { places, compiled: BTreeMap::new() };
    for build in builds {
        for (target, judge) in TARGETS {
            if build.has(target) {
                let mut judged = Judged::default();
                judge(&mut schemas, build, &build.folder.join(target), &mut judged);
                report.check_all(AREA, &format!("{}: {target} files have known fields only", build.name), &judged);
            }
        }
    }
}

type Judge = fn(&mut Schemas<'_>, &Build, &Path, &mut Judged);

const TARGETS: [(&str, Judge); 4] = [
    ("kubernetes", |schemas, _, folder, judged| {
        for file in files_below(folder, ".yaml") {
            schemas.documents("kubernetes/v1.36", &file, judged);
        }
    }),
    ("keycloak", |schemas, build, folder, judged| {
        for file in files_below(folder, "-realm.json") {
            judged.add(read_json(&file).and_then(|realm| schemas.valid("keycloak/26", "realm", &realm, &file)));
        }
        for file in files_below(&folder.join("config-cli"), ".yaml") {
            schemas.each("keycloak/26", "config-cli", &file, judged);
        }
        match Realm::import_of(build) {
            Ok(file) => file.iter().for_each(|file| schemas.documents("keycloak/26", file, judged)),
            Err(why) => judged.add(Err(why)),
        }
    }),
    ("jupyterhub", |schemas, _, folder, judged| {
        schemas.each("jupyterhub/5", "values", &folder.join("values.yaml"), judged);
        let profiles = folder.join("profiles.json");
        judged.add(
            read_json(&profiles).and_then(|document| schemas.valid("jupyterhub/5", "profiles", &document, &profiles)),
        );
    }),
    ("conda-store", |schemas, _, folder, judged| {
        for file in files_below(folder, "environment.yaml") {
            schemas.each("conda-store/2025.2", "environment", &file, judged);
        }
        for file in files_below(folder, "pixi.toml") {
            let read = read_text(&file).and_then(|text| {
                toml::from_str::<Value>(&text).map_err(|cause| format!("{}: {cause}", file.display()))
            });
            judged.add(read.and_then(|document| schemas.valid("pixi/1", "pixi.toml", &document, &file)));
        }
        for kind in ["roles", "settings"] {
            let file = folder.join(format!("{kind}.json"));
            judged
                .add(read_json(&file).and_then(|document| schemas.valid("conda-store/2025.2", kind, &document, &file)));
        }
    }),
];

/// The schemas, each compiled once.
struct Schemas<'a> {
    places: &'a Places,
    compiled: BTreeMap<(String, String), Validator>,
}

impl Schemas<'_> {
    /// Documents that say themselves what they are.
    fn documents(&mut self, schema: &str, file: &Path, judged: &mut Judged) {
        self.read(file, judged, |schemas, document| {
            let word = |key: &str| document[key].as_str().unwrap_or_default();
            schemas.valid(schema, &format!("{}/{}", word("apiVersion"), word("kind")), document, file)
        });
    }

    /// Documents of one kind.
    fn each(&mut self, schema: &str, kind: &str, file: &Path, judged: &mut Judged) {
        self.read(file, judged, |schemas, document| schemas.valid(schema, kind, document, file));
    }

    fn read(&mut self, file: &Path, judged: &mut Judged, judge: impl Fn(&mut Self, &Value) -> Result<(), Failure>) {
        match read_yaml(file) {
            Ok(documents) => documents.iter().for_each(|document| judged.add(judge(self, document))),
            Err(why) => judged.add(Err(why)),
        }
    }

    fn valid(&mut self, schema: &str, kind: &str, document: &Value, file: &Path) -> Result<(), Failure> {
        let key = (schema.to_owned(), kind.to_owned());
        if !self.compiled.contains_key(&key) {
            let read = read_json(&self.places.repository.join("schema").join(format!("{schema}.json")))?;
            let reference = read["kinds"]
                .get(kind)
                .ok_or_else(|| format!("{}: schema/{schema}.json has no kind `{kind}`", file.display()))?;
            let root = json!({"$schema": read["$schema"], "$ref": reference, "definitions": read["definitions"]});
            let validator =
                jsonschema::validator_for(&root).map_err(|cause| format!("schema/{schema}.json {kind}: {cause}"))?;
            self.compiled.insert(key.clone(), validator);
        }
        let first = self.compiled.get(&key).and_then(|validator| validator.iter_errors(document).next());
        first.map_or(Ok(()), |error| Err(format!("{}: {}: {error}", file.display(), error.instance_path())))
    }
}
