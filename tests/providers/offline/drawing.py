# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures for the tests, drawn with Pillow at three times their size."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FINE = 3
WHITE = (255, 255, 255)


class Sheet:
    """A picture on a colour, or transparent; all lengths in pixels of the result."""

    def __init__(self, width=240, height=240, page=None):
        self.size = (width, height)
        self.image = Image.new("RGBA", (width * FINE, height * FINE), (*page, 255) if page else (0, 0, 0, 0))
        self.draw = ImageDraw.Draw(self.image)

    def disc(self, x, y, radius, colour, *, height=None):
        """Fill a circle, or an ellipse whose half height is `height`."""
        tall = height or radius
        box = [(x - radius) * FINE, (y - tall) * FINE, (x + radius) * FINE, (y + tall) * FINE]
        self.draw.ellipse(box, fill=colour)
        return self

    def box(self, left, top, right, bottom, colour):
        """Fill a rectangle; right and bottom are not part of it."""
        self.draw.rectangle([left * FINE, top * FINE, right * FINE - 1, bottom * FINE - 1], fill=colour)
        return self

    def polygon(self, points, colour):
        """Fill a polygon."""
        self.draw.polygon([(x * FINE, y * FINE) for x, y in points], fill=colour)
        return self

    def line(self, points, width, colour):
        """Draw a line with round corners."""
        self.draw.line([(x * FINE, y * FINE) for x, y in points], fill=colour, width=width * FINE, joint="curve")
        return self

    def text(self, words, size, colour):
        """Write in the middle, in the font that comes with Pillow."""
        font = ImageFont.load_default(size * FINE)
        middle = (self.size[0] * FINE / 2, self.size[1] * FINE / 2)
        self.draw.text(middle, words, font=font, fill=colour, anchor="mm", stroke_width=2 * FINE, stroke_fill=colour)
        return self

    def done(self):
        """Return the picture at its own size."""
        return self.image.resize(self.size, Image.Resampling.BOX)

    def save(self, path):
        """Write it as PNG and return the path."""
        self.done().save(path)
        return path


def disc_alpha(side, radius):
    """Return the exact share of each pixel that a centred circle covers, nearly: float32 (side, side)."""
    y, x = np.mgrid[0:side, 0:side] + 0.5 - side / 2
    return np.clip(radius - np.hypot(x, y) + 0.5, 0, 1).astype(np.float32)


def soft_shadow(image, *, x, y, width, height, strength=0.5):
    """Darken an ellipse of an RGB picture, fading to its edge."""
    pixels = np.asarray(image.convert("RGB")).astype(np.float32)
    rows, columns = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]]
    share = np.clip(1 - ((columns - x) / width) ** 2 - ((rows - y) / height) ** 2, 0, 1)
    return Image.fromarray((pixels * (1 - strength * share * share * (3 - 2 * share))[..., None]).astype(np.uint8))
