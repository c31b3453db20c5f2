/**
 * Vision transformers: the tower of Llama 3.2 Vision with tiles, gated positions and multi-layer features, and what it shares
 * with CLIP's towers.
 */
package io.llama3v.vision;
