vim.bo.commentstring = '# %s'
vim.bo.expandtab = true
vim.bo.shiftwidth = 2
vim.bo.iskeyword = vim.bo.iskeyword .. ',-'

require('nbc').attach(vim.api.nvim_get_current_buf())
