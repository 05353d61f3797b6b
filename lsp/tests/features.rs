//! Every feature, by example: `features/*.txt` hold sources with `<CURSOR>`, what is asked there, and the answer.
//!
//! What stands above the first `===` of a file belongs to all its cases. A case is a name, files (`--- path.nbc`), and
//! questions (`--- hover`) with their answers. `UPDATE_FIXTURES=1 cargo test -p nbc-lsp --test features` writes the
//! answers of today; read the diff.

#[cfg(test)]
#[path = "features"]
mod tests {
    mod answers;
    mod corpus;

    use std::fs;
    use std::path::Path;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "fixtures are files")]
    fn every_feature_answers_as_written() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/features");
        let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
        paths.sort();
        let (mut cases, mut differ) = (0, Vec::new());
        for path in paths {
            let written = fs::read_to_string(&path).unwrap();
            let mut corpus = corpus::read(&written);
            cases += corpus.cases.len();
            corpus.answer(answers::answer);
            let answered = corpus.to_string();
            if answered != written {
                differ.push(format!("{}\n{}", path.display(), corpus::difference(&written, &answered)));
                if std::env::var_os("UPDATE_FIXTURES").is_some() {
                    fs::write(&path, &answered).unwrap();
                }
            }
        }
        assert!(differ.is_empty(), "{}", differ.join("\n"));
        assert!(cases >= 250, "{cases} cases");
    }
}
