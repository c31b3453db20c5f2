package io.llama3v.train.curate;

import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.image.RgbImage;
import io.llama3v.vision.copy.CopyDescriptor;
import java.util.List;

/** A copy-detection network as curation asks for it. */
public final class CopyModelDescriptor implements ImageDescriptor {
  private final CopyDescriptor network;

  /** Takes over the network. */
  public CopyModelDescriptor(CopyDescriptor network) {
    this.network = network;
  }

  @Override
  public String fingerprint() {
    return network.fingerprint();
  }

  @Override
  public int dimension() {
    return network.dimension();
  }

  @Override
  public float[][] describe(List<RgbImage> images) {
    return network.describe(images);
  }

  @Override
  public void close() {
    network.close();
  }
}
