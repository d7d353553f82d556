'use strict'

module.exports = (html) => html?.replace(/<[^>]+>/g, '')
