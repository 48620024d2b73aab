// Plane `color`, before the post pass: lit, linear, alpha is coverage.
layout(location = TARGET(PLANE_COLOR)) out vec4 color;

void plane_color(Surface s)
{
    color = vec4(light_surface(s.position, normalize(s.normal), s.base_color.rgb, SHADOWED), ALPHA == ALPHA_BLEND ? s.base_color.a : 1);
}
