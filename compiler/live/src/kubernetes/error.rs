//! What can go wrong between nbc and a cluster, told apart so that code can branch on it.

use std::fmt;

/// A failed call; `Display` is one line a person can act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The kubeconfig cannot be read or used.
    Configuration { cause: String },
    /// A document lacks what every object has; `missing` is a JSON pointer.
    NotAManifest { missing: &'static str },
    /// The server does not serve this kind: an older server, or a missing CustomResourceDefinition.
    UnknownKind { object: String, cause: String },
    /// The server answered and said no. `code` is the HTTP status, `message` the server's own sentence.
    Refused { object: String, code: u16, message: String },
    /// No answer.
    Unreachable { object: String, cause: String },
    /// The answer, or the document to be sent, is not what the API describes.
    Unreadable { object: String, cause: String },
}

impl Error {
    /// The HTTP status of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        match self {
            Error::Refused { code, .. } => Some(*code),
            Error::Configuration { .. }
            | Error::NotAManifest { .. }
            | Error::UnknownKind { .. }
            | Error::Unreachable { .. }
            | Error::Unreadable { .. } => None,
        }
    }

    pub(super) fn of(object: impl fmt::Display, cause: kube::Error) -> Error {
        let object = object.to_string();
        match cause {
            kube::Error::Api(status) => Error::Refused { object, code: status.code, message: status.message.clone() },
            kube::Error::Discovery(cause) => Error::UnknownKind { object, cause: cause.to_string() },
            kube::Error::SerdeError(cause) => Error::Unreadable { object, cause: cause.to_string() },
            other => Error::Unreachable { object, cause: other.to_string() },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Configuration { cause } => write!(out, "cannot use the kubeconfig: {cause}"),
            Error::NotAManifest { missing } => write!(out, "not a Kubernetes manifest: `{missing}` is missing"),
            Error::UnknownKind { object, cause } => {
                write!(out, "{object}: the server does not know this kind: {cause}")
            }
            Error::Refused { object, code, message } => write!(out, "{object}: refused ({code}): {message}"),
            Error::Unreachable { object, cause } => write!(out, "{object}: no answer: {cause}"),
            Error::Unreadable { object, cause } => write!(out, "{object}: cannot be read: {cause}"),
        }
    }
}

impl std::error::Error for Error {}
