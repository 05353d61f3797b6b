;;; nbc-mode.el --- nbc with eglot  -*- lexical-binding: t; -*-
;; Needs Emacs 29 or later, which brings eglot.

;;; Code:

(define-derived-mode nbc-mode prog-mode "nbc"
  "Who and what may use how much of a data platform."
  (setq-local comment-start "# "
              comment-start-skip "#+ *"
              indent-tabs-mode nil
              tab-width 2)
  (modify-syntax-entry ?# "<")
  (modify-syntax-entry ?\n ">")
  (modify-syntax-entry ?- "_"))

(add-to-list 'auto-mode-alist '("\\.nbc\\'" . nbc-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(nbc-mode . ("nbc" "lsp"))))

(add-hook 'nbc-mode-hook #'eglot-ensure)

(provide 'nbc-mode)
;;; nbc-mode.el ends here
