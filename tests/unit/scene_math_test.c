// The scene's mathematics, against values that do not come from it: matrices written out, and ThreeDWorld's conventions.
#include <math.h>

#include "producer/scene/math.h"
#include "tests/lib/main.h"

static void near(double value, double expected)
{
    if (!(fabs(value - expected) < 1e-12))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void near_vector(struct vec3 v, double x, double y, double z)
{
    near(v.x, x);
    near(v.y, y);
    near(v.z, z);
}

static struct vec3 turned(double x, double y, double z, struct vec3 v)
{
    return quat_rotate(quat_from_euler((struct vec3){x, y, z}), v);
}

static const struct vec3 X = {1, 0, 0}, Y = {0, 1, 0}, Z = {0, 0, 1};

static void a_quarter_turn_about_y_takes_forward_to_the_right(void **state)
{
    (void)state;
    near_vector(turned(0, 90, 0, Z), 1, 0, 0);
    near_vector(turned(0, 90, 0, X), 0, 0, -1);
}

static void a_positive_pitch_looks_down(void **state)
{
    (void)state;
    near_vector(turned(90, 0, 0, Z), 0, -1, 0);
}

static void a_positive_roll_leans_the_head_to_the_left(void **state)
{
    (void)state;
    near_vector(turned(0, 0, 90, Y), -1, 0, 0);
}

static void euler_angles_turn_about_z_then_x_then_y(void **state)
{
    (void)state;
    // Ry(90) Rx(90) Rz(90), each written out by hand: z, then x, then y.
    near_vector(turned(90, 90, 90, X), 1, 0, 0);
    near_vector(turned(90, 90, 90, Y), 0, 0, 1);
    near_vector(turned(90, 90, 90, Z), 0, -1, 0);
}

static void euler_angles_are_the_matrices_of_z_x_y_multiplied_out(void **state)
{
    (void)state;
    // Ry(45) Rx(30) Rz(60), multiplied out and turned into a quaternion elsewhere.
    struct quat q = quat_from_euler((struct vec3){30, 45, 60});
    assert_true(fabs(q.x - 0.39190) < 1e-5 && fabs(q.y - 0.20056) < 1e-5 &&
                fabs(q.z - 0.36042) < 1e-5 && fabs(q.w - 0.82236) < 1e-5);
}

static void looking_turns_forward_to_the_target_and_keeps_the_head_up(void **state)
{
    (void)state;
    struct quat q = quat_look((struct vec3){3, -4, 12}, Y);
    near_vector(quat_rotate(q, Z), 3 / 13., -4 / 13., 12 / 13.);
    near(quat_rotate(q, X).y, 0);
    assert_true(quat_rotate(q, Y).y > 0);
}

static void looking_back_is_half_a_turn_about_y(void **state)
{
    (void)state;
    struct quat q = quat_look((struct vec3){0, 0, -1}, Y);
    near_vector(quat_rotate(q, Z), 0, 0, -1);
    near_vector(quat_rotate(q, X), -1, 0, 0);
}

static void looking_straight_down_has_z_up_and_x_right(void **state)
{
    (void)state;
    struct quat q = quat_look((struct vec3){0, -2, 0}, Y);
    near_vector(quat_rotate(q, Z), 0, -1, 0);
    near_vector(quat_rotate(q, Y), 0, 0, 1);
    near_vector(quat_rotate(q, X), 1, 0, 0);
}

static void looking_straight_up_keeps_x_right(void **state)
{
    (void)state;
    struct quat q = quat_look((struct vec3){0, 5, 0}, Y);
    near_vector(quat_rotate(q, Z), 0, 1, 0);
    near_vector(quat_rotate(q, X), 1, 0, 0);
}

static void a_product_of_rotations_applies_the_right_one_first(void **state)
{
    (void)state;
    struct quat yaw = quat_from_axis(Y, 90), pitch = quat_from_axis(X, 90);
    near_vector(quat_rotate(quat_multiply(yaw, pitch), Z), 0, -1, 0);
    near_vector(quat_rotate(quat_multiply(pitch, yaw), Z), 1, 0, 0);
}

static void an_axis_need_not_be_of_length_one(void **state)
{
    (void)state;
    near_vector(quat_rotate(quat_from_axis((struct vec3){0, 7, 0}, 90), Z), 1, 0, 0);
}

static void a_matrix_scales_then_turns_then_moves(void **state)
{
    (void)state;
    struct mat4 m =
        mat4_compose((struct vec3){10, 20, 30}, quat_from_axis(Y, 90), (struct vec3){2, 3, 4});
    near_vector(mat4_point(m, (struct vec3){1, 1, 1}), 14, 23, 28);
    near_vector(mat4_direction(m, (struct vec3){1, 1, 1}), 4, 3, -2);
    near(mat4_determinant3(m), 24);
}

static void an_inverse_undoes_a_sheared_and_mirrored_matrix(void **state)
{
    (void)state;
    struct mat4 m = {{-2, .5, 1, 3, .25, 4, -1, -5, 1, 1, 3, 7, 0, 0, 0, 1}};
    struct mat4 product = mat4_multiply(mat4_inverse_affine(m), m), one = mat4_identity();
    assert_true(mat4_determinant3(m) < 0);
    for (int i = 0; i < 16; i++)
        near(product.m[i], one.m[i]);
}

static void a_vector_of_no_length_stays_as_it_is(void **state)
{
    (void)state;
    near_vector(vec3_normalize((struct vec3){0, 0, 0}), 0, 0, 0);
    near(vec3_length(vec3_normalize((struct vec3){1e-200, 1e-200, 0})), 1);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_quarter_turn_about_y_takes_forward_to_the_right),
                cmocka_unit_test(a_positive_pitch_looks_down),
                cmocka_unit_test(a_positive_roll_leans_the_head_to_the_left),
                cmocka_unit_test(euler_angles_turn_about_z_then_x_then_y),
                cmocka_unit_test(euler_angles_are_the_matrices_of_z_x_y_multiplied_out),
                cmocka_unit_test(looking_turns_forward_to_the_target_and_keeps_the_head_up),
                cmocka_unit_test(looking_back_is_half_a_turn_about_y),
                cmocka_unit_test(looking_straight_down_has_z_up_and_x_right),
                cmocka_unit_test(looking_straight_up_keeps_x_right),
                cmocka_unit_test(a_product_of_rotations_applies_the_right_one_first),
                cmocka_unit_test(an_axis_need_not_be_of_length_one),
                cmocka_unit_test(a_matrix_scales_then_turns_then_moves),
                cmocka_unit_test(an_inverse_undoes_a_sheared_and_mirrored_matrix),
                cmocka_unit_test(a_vector_of_no_length_stays_as_it_is))
