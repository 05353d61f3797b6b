//! JSON over HTTP through `curl`, with the suite's own certificate authority: nbc itself has no client for these servers yet.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Failure;

/// Calls below one address, with one login.
pub(crate) struct Http {
    pub(crate) address: String,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) token: Option<String>,
}

/// Status and body; the body is null where there is none, a text where it is not JSON.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Http {
    /// GET that must succeed.
    pub(crate) fn get(&self, path: &str) -> Result<Value, Failure> {
        self.call("GET", path, None)
    }

    /// A call that must succeed.
    pub(crate) fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let answer = self.answer(method, path, body)?;
        match answer.status {
            200..300 => Ok(answer.body),
            status => Err(format!("{method} {}{path}: {status} {}", self.address, answer.body)),
        }
    }

    /// A call whose status is for the caller to judge.
    pub(crate) fn answer(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer, Failure> {
        let body = body.map(Value::to_string);
        let content = body.as_ref().map(|_| "application/json");
        self.send(method, path, content, body.unwrap_or_default().as_bytes())
    }

    /// POST of a form, as OAuth's token endpoint takes it.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, Failure> {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
        self.send("POST", path, Some("application/x-www-form-urlencoded"), body.join("&").as_bytes())
    }

    fn send(&self, method: &str, path: &str, content: Option<&str>, body: &[u8]) -> Result<Answer, Failure> {
        let mut command = Command::new("curl");
        command.args(["-sS", "--noproxy", "*", "--max-time", "120", "-w", "\n%{http_code}", "-X", method]);
        if let Some(certificate) = &self.certificate {
            command.arg("--cacert").arg(certificate);
        }
        if let Some(token) = &self.token {
            command.args(["-H", &format!("Authorization: Bearer {token}")]);
        }
        if let Some(content) = content {
            command.args(["-H", &format!("Content-Type: {content}"), "--data-binary", "@-"]);
        }
        command
            .arg(format!("{}{path}", self.address))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let failed = |cause: &dyn std::fmt::Display| format!("{method} {}{path}: {cause}", self.address);
        let mut child = command.spawn().map_err(|cause| failed(&cause))?;
        if let Some(mut input) = child.stdin.take() {
            // A server that refuses early closes the pipe; its answer says why.
            let _refused_early = input.write_all(body);
        }
        let output = child.wait_with_output().map_err(|cause| failed(&cause))?;
        if !output.status.success() {
            return Err(failed(&String::from_utf8_lossy(&output.stderr)));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let (text, status) = text.rsplit_once('\n').ok_or_else(|| failed(&"no status"))?;
        let status = status.parse().map_err(|cause| failed(&cause))?;
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
        };
        Ok(Answer { status, body })
    }
}

/// A text as one part of a path or query.
pub(crate) fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
