/** Pictures as pixels: decoding with every size checked first, and Pillow-exact resizing. Knows no model. */
package io.llama3v.image;
