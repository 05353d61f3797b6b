-- usage: nvim --headless --clean -u neovim.lua   tries nbc through Neovim's own client; see `neovim`.
-- One line a check; exit 1 when one failed.
local folder, plugin = vim.env.WORKSPACE, vim.env.PLUGIN
vim.opt.runtimepath:prepend(plugin)
vim.cmd('filetype plugin on')
require('nbc').setup { cmd = { vim.env.NBC, 'lsp' } }

local failed = 0
local function check(name, holds, seen)
  io.stdout:write((holds and 'ok    ' or 'FAIL  ') .. name .. (holds and '' or ': ' .. vim.inspect(seen)) .. '\n')
  if not holds then failed = failed + 1 end
end

local function messages()
  return vim.tbl_map(function(found) return found.message end, vim.diagnostic.get(0))
end

--- What the server says about a place, counted from 0.
local function ask(method, line, column, more)
  local params = { textDocument = vim.lsp.util.make_text_document_params(), position = { line = line, character = column } }
  local answers, problem = vim.lsp.buf_request_sync(0, method, vim.tbl_extend('force', params, more or {}), 30000)
  for _, answer in pairs(answers or {}) do
    return answer.result, answer.error
  end
  return nil, problem
end

local function contains(value, text) return vim.inspect(value):find(text, 1, true) ~= nil end

local function checks()
  vim.cmd('edit ' .. vim.fn.fnameescape(folder .. '/team.nbc'))
  check('filetype', vim.bo.filetype == 'nbc', vim.bo.filetype)
  local told = vim.wait(60000, function() return contains(messages(), 'carl') end, 50)
  check('a name that nobody has is a finding', told, messages())

  vim.api.nvim_buf_set_lines(0, 0, 1, false, { 'group research { owners: [ana], members: [ana], profiles: [small] }' })
  check('the finding goes with its cause', vim.wait(30000, function() return #vim.diagnostic.get(0) == 0 end, 50), messages())
  vim.cmd('silent write')
  vim.api.nvim_buf_set_lines(0, 0, 1, false, { 'group research { owners: [ana], members: [ana, bo], profiles: [small] }' })

  local hover = ask('textDocument/hover', 0, 26)
  check('hover names the person', contains(hover, 'Ana'), hover)
  local definition = ask('textDocument/definition', 0, 47)
  check('definition leads to the declaration', contains(definition, 'lab.nbc') and contains(definition, 'line = 2'), definition)
  local completion = ask('textDocument/completion', 0, 47)
  check('completion offers people', contains(completion, 'Bo Lund') and not contains(completion, 'label = "small"'), completion)
  local difference, refusal = ask('workspace/executeCommand', 0, 0, {
    command = 'nbc.accessDiff',
    arguments = { { textDocument = vim.lsp.util.make_text_document_params() } },
  })
  check('the difference of access is told before saving', contains(difference, 'Bo Lund') and contains(difference, 'gains'), difference or refusal)

  local edit, problem = ask('textDocument/rename', 0, 47, { newName = 'bob' })
  check('rename answers', edit ~= nil, problem)
  if edit then
    vim.lsp.util.apply_workspace_edit(edit, 'utf-16')
    local line = vim.api.nvim_buf_get_lines(0, 0, 1, false)[1]
    check('rename changes the reference', line:find('members: [ana, bob]', 1, true) ~= nil, line)
    local declared = vim.fn.bufnr(folder .. '/lab.nbc')
    local lines = declared == -1 and {} or vim.api.nvim_buf_get_lines(declared, 0, -1, false)
    check('rename changes the declaration and keeps the old name', contains(lines, 'user bob') and contains(lines, 'was'), lines)
  end
end

vim.schedule(function()
  local ran, problem = pcall(checks)
  if not ran then check('the script runs', false, problem) end
  for _, client in pairs(vim.lsp.get_active_clients()) do client.stop(true) end
  vim.cmd(failed == 0 and 'qall!' or 'cquit')
end)
