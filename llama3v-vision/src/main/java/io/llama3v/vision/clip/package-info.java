/** CLIP: configuration, towers, contrastive model, and OpenCLIP's naming of the same weights. */
package io.llama3v.vision.clip;
