--- The language server of nbc in Neovim 0.7 and later.
local nbc = {}

--- `cmd` is how the server is started; `on_attach(client, buffer)` may set keys.
nbc.options = { cmd = { 'nbc', 'lsp' }, on_attach = nil }

--- The running client of each workspace, by its folder.
local clients = {}

function nbc.setup(options)
  nbc.options = vim.tbl_extend('force', nbc.options, options or {})
end

--- The folder with `nbc.toml` that a file lies in, else the folder of the file.
local function root_of(buffer)
  local folder = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':p:h')
  local settings = vim.fn.findfile('nbc.toml', vim.fn.escape(folder, ' ,;') .. ';')
  return settings == '' and folder or vim.fn.fnamemodify(settings, ':p:h')
end

--- Starts the server of the buffer's workspace, unless it runs, and connects the buffer.
function nbc.attach(buffer)
  local program = nbc.options.cmd[1]
  if vim.fn.executable(program) == 0 then
    vim.notify_once(program .. ' was not found: install it, or say where it is: require("nbc").setup { cmd = { "/path/to/nbc", "lsp" } }', vim.log.levels.WARN)
    return
  end
  local root = root_of(buffer)
  local config = {
    name = 'nbc',
    cmd = nbc.options.cmd,
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
    on_attach = nbc.options.on_attach,
    on_exit = function() clients[root] = nil end,
  }
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
    return
  end
  clients[root] = clients[root] or vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(buffer, clients[root])
end

--- Asks the server about the place of the cursor: `nbc.whoCan`, `nbc.why`, `nbc.accessDiff`.
local function ask(command)
  local place = vim.lsp.util.make_position_params(0, 'utf-16')
  vim.lsp.buf_request(0, 'workspace/executeCommand', { command = command, arguments = { place } }, function(problem, answer)
    local text = problem and problem.message or (answer or {}).markdown
    vim.lsp.util.open_floating_preview(vim.split(text ~= '' and text or 'Nothing.', '\n'), 'markdown')
  end)
end

function nbc.who_can() ask('nbc.whoCan') end
function nbc.why() ask('nbc.why') end
function nbc.access_diff() ask('nbc.accessDiff') end

return nbc
