// Plane `depth`: planar z in metres. From 1/w: a depth buffer made linear again would be off by 2e-4.
layout(location = TARGET(PLANE_DEPTH)) out float depth;

void plane_depth(Surface s)
{
    depth = s.position.z;
}
