vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
  pattern = '*.nbc',
  callback = function() vim.bo.filetype = 'nbc' end,
})
